package fn

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// The annotation proxy.istio.io/config holds a ProxyConfig (istio.io/api, mesh/v1alpha1), as YAML. Istio's injector reads
// it over its defaults and refuses the pod where a field is of another type or out of bounds. A field that it does not
// know it passes over, and a null leaves the default.

// proxyConfigFields are those fields, and what they may hold.
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

// proxyConfig is what the annotation says, or nil where it says nothing.
func (r *prospect) proxyConfig() (*yaml.Node, error) {
	config := r.finalAnnotation(proxyConfigKey)
	if config == "" {
		return nil, nil
	}
	doc, err := yamledit.Parse([]byte(config))
	if err != nil {
		return nil, err
	}
	return doc.Root(), nil
}

// findProxyConfig looks for settings that the injector does not take.
func (r *prospect) findProxyConfig() {
	config, err := r.proxyConfig()
	if err != nil || !yamledit.IsNull(config) && config.Kind != yaml.MappingNode {
		r.findAnnotation(InvalidAnnotation, proxyConfigKey, r.finalAnnotation(proxyConfigKey))
		return
	}
	for _, name := range yamledit.Keys(config) {
		value := yamledit.Lookup(config, name)
		if takes := proxyConfigFields[camelCase(name)]; takes != nil && !yamledit.IsNull(value) && !takes(value) {
			r.findAnnotation(InvalidAnnotation, proxyConfigKey, strings.TrimSpace(name+": "+text(value)))
		}
	}
}

// camelCase is the JSON name of a protocol buffer's field: both are taken.
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
	return n.Kind == yaml.SequenceNode && !slices.ContainsFunc(items(n), func(item *yaml.Node) bool { return !isText(item) })
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

// isDuration: the injector reads a duration as Go does, in any unit, and not in seconds alone as protocol buffers' JSON has it.
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
