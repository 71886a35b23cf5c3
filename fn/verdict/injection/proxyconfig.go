package injection

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// The annotation proxy.istio.io/config has a ProxyConfig (istio.io/api, mesh/v1alpha1), as YAML. Istio's injector applies it to its
// defaults, and refuses the pod if a field has another type or is out of bounds. It ignores unknown fields, and a null keeps the
// default.
var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.ProxySettings, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{InvalidAnnotation}, Order: 2, Run: findProxyConfig})

// findProxyConfig looks for settings that the injector does not accept.
func findProxyConfig(p *analysis.FinalPod) {
	config, err := p.ProxyConfig()
	if err != nil || !yamledit.IsNull(config) && config.Kind != yaml.MappingNode {
		p.ReportAnnotation(InvalidAnnotation, keys.ProxyConfig, p.FinalAnnotation(keys.ProxyConfig))
		return
	}
	for _, name := range yamledit.Keys(config) {
		value := yamledit.Lookup(config, name)
		if takes := proxyConfigFields[camelCase(name)]; takes != nil && !yamledit.IsNull(value) && !takes(value) {
			p.ReportAnnotation(InvalidAnnotation, keys.ProxyConfig, strings.TrimSpace(name+": "+yamledit.Text(value)))
		}
	}
}

// proxyConfigFields are the fields that the injector checks, and their valid values.
var proxyConfigFields = map[string]func(*yaml.Node) bool{
	"availabilityZone":                isText,
	"binaryPath":                      isName,
	"caCertificatesPem":               isTexts,
	"concurrency":                     isInteger,
	"configPath":                      isName,
	"connectionSettings":              isMap,
	"customConfigFile":                isText,
	"discoveryAddress":                isAddress,
	"discoveryRefreshDelay":           isDuration,
	"drainDuration":                   isSeconds,
	"envoyAccessLogService":           isMap,
	"envoyMetricsService":             isMap,
	"envoyMetricsServiceAddress":      isAddress,
	"extraStatTags":                   isTexts,
	"fileFlushInterval":               isDuration,
	"fileFlushMinSizeKb":              isInteger,
	"gatewayTopology":                 isMap,
	"holdApplicationUntilProxyStarts": isBoolean,
	"image":                           isMap,
	"interceptionMode":                isMode,
	"meshId":                          isText,
	"privateKeyProvider":              isMap,
	"proxyAdminPort":                  isPortNumber,
	"proxyBootstrapTemplatePath":      isText,
	"proxyHeaders":                    isMap,
	"proxyMetadata":                   isTextMap,
	"proxyStatsMatcher":               isMap,
	"readinessProbe":                  isMap,
	"runtimeValues":                   isTextMap,
	"sds":                             isMap,
	"serviceCluster":                  isName,
	"statNameLength":                  isInteger,
	"statsCompression":                isBoolean,
	"statsdUdpAddress":                isAddress,
	"statusPort":                      isPortNumber,
	"terminationDrainDuration":        isDuration,
	"tracing":                         isMap,
	"zipkinAddress":                   isText,
}

// camelCase returns the JSON name of a field of a protocol buffer. The injector accepts both names.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

func isText(n *yaml.Node) bool { return isString(n) && !yamledit.IsNull(n) }

func isName(n *yaml.Node) bool { return isText(n) && n.Value != "" }

func isMap(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }

func isTexts(n *yaml.Node) bool {
	return n.Kind == yaml.SequenceNode && !slices.ContainsFunc(yamledit.Items(n), func(item *yaml.Node) bool { return !isText(item) })
}

func isTextMap(n *yaml.Node) bool {
	return isMap(n) && !slices.ContainsFunc(yamledit.Keys(n), func(name string) bool {
		return !isString(yamledit.Lookup(n, name))
	})
}

func isBoolean(n *yaml.Node) bool {
	return n.ShortTag() == "!!bool" || n.Kind == yaml.ScalarNode && n.Style == 0 && !isString(n) && n.ShortTag() == "!!str" // yes, on
}

func isInteger(n *yaml.Node) bool {
	_, err := strconv.ParseInt(n.Value, 10, 32)
	return n.Kind == yaml.ScalarNode && err == nil
}

func isPortNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && portNumber(n.Value) > 0
}

func isMode(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && oneOfModes(n.Value) }

// isDuration says whether the injector accepts a duration. It reads durations as Go does, in any unit, and not only in seconds as
// the JSON of protocol buffers.
func isDuration(n *yaml.Node) bool {
	_, err := time.ParseDuration(n.Value)
	return isText(n) && err == nil
}

func isSeconds(n *yaml.Node) bool {
	d, _ := time.ParseDuration(n.Value)
	return isDuration(n) && d > 0 && d%time.Second == 0
}

func isAddress(n *yaml.Node) bool {
	host, port, err := net.SplitHostPort(n.Value)
	return isText(n) && err == nil && host != "" && isPort(port)
}
