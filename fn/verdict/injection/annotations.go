package injection

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var InvalidAnnotation = &analysis.Definition{Reason: "InvalidAnnotation", Severity: outcome.Error, Effect: outcome.Refused,
	Message: "the injector refuses the pod because of the value of this annotation",
	Remedy:  "correct the value"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.ProxySettings, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{InvalidAnnotation}, Order: 1, Run: findAnnotations})

// findAnnotations looks at the settings of the proxy in annotations.
func findAnnotations(p *analysis.FinalPod) {
	for _, name := range yamledit.Keys(yamledit.Lookup(p.Metadata(), "annotations")) {
		if check := annotationChecks[name]; check != nil && !check(p.FinalAnnotation(name)) {
			p.ReportAnnotation(InvalidAnnotation, name, p.FinalAnnotation(name))
		}
	}
}

// annotationChecks are for the annotations that Istio's injector validates. It refuses a pod with an invalid value.
var annotationChecks = map[string]func(string) bool{
	keys.InterceptionMode:          oneOfModes,
	keys.StatusPort:                isPort,
	keys.ReadinessInitialDelay:     isNumber,
	keys.ReadinessPeriod:           isNumber,
	keys.ReadinessFailureThreshold: isNumber,
	keys.IncludeOutboundIPRanges:   func(v string) bool { return v == "*" || areRanges(v) },
	keys.ExcludeOutboundIPRanges:   areRanges,
	keys.IncludeInboundPorts:       func(v string) bool { return v == "*" || arePorts(v) },
	keys.ExcludeInboundPorts:       arePorts,
	keys.ExcludeOutboundPorts:      arePorts,
	keys.ExcludeInterfaces:         areInterfaces,
	keys.KubevirtInterfaces:        areInterfaces,
	keys.RerouteInterfaces:         areInterfaces,
	keys.MergeMetrics:              isBool,
	keys.ProxyCPU:                  isQuantity,
	keys.ProxyCPULimit:             isQuantity,
	keys.ProxyMemory:               isQuantity,
	keys.ProxyMemoryLimit:          isQuantity,
	keys.UserVolume:                isObject,
	keys.UserVolumeMount:           isObject,
}

func oneOfModes(v string) bool { return slices.Contains([]string{"REDIRECT", "TPROXY", "NONE"}, v) }

func isPort(v string) bool {
	_, err := strconv.ParseUint(strings.TrimSpace(v), 10, 16)
	return err == nil
}

// portNumber returns the number of a valid port, or 0.
func portNumber(v string) int {
	port, err := strconv.Atoi(v)
	if err != nil || port < 1 || port > 65535 {
		return 0
	}
	return port
}

func isNumber(v string) bool {
	_, err := strconv.ParseUint(v, 10, 32)
	return err == nil
}

func isBool(v string) bool {
	_, err := strconv.ParseBool(v)
	return err == nil
}

func isObject(v string) bool {
	var object map[string]any
	return json.Unmarshal([]byte(v), &object) == nil
}

func areRanges(v string) bool {
	return v == "" || !slices.ContainsFunc(strings.Split(v, ","), func(s string) bool {
		_, err := netip.ParsePrefix(s)
		return err != nil
	})
}

func arePorts(v string) bool {
	v = strings.TrimSpace(v)
	return v == "" || !slices.ContainsFunc(strings.Split(v, ","), func(s string) bool { return !isPort(s) })
}

// interfaceName matches the names of network interfaces that the kernel and Istio accept.
var interfaceName = pattern.Lazy(`^[a-zA-Z][a-zA-Z0-9_.-]{0,14}$`)

func areInterfaces(v string) bool {
	return v == "" || !slices.ContainsFunc(strings.Split(v, ","), func(s string) bool { return !interfaceName().MatchString(strings.TrimSpace(s)) })
}

// quantity is the syntax of a quantity of Kubernetes, such as 100m, 1.5Gi or 2e3: a number, and a unit or an exponent.
var quantity = pattern.Lazy(`^([+-]?[0-9]*(?:\.[0-9]*)?)(?:[numkMGTPE]?|([KMGTPE]i)|[eE]([+-]?[0-9]+))$`)

// isQuantity says whether Kubernetes reads a value as a quantity. Its own parser links CBOR into the program, and computes for hours
// on 1e-1000000000. It takes a number without digits for 0 where it does not have to compute much.
func isQuantity(v string) bool {
	parts := quantity().FindStringSubmatch(v)
	if v == "" || parts == nil {
		return false
	}
	number, binary, decimal := parts[1], parts[2], parts[3]
	exponent, err := strconv.ParseInt(decimal, 10, 64)
	if decimal != "" && err != nil {
		return false
	}
	return strings.ContainsAny(number, "0123456789") || !slices.Contains([]string{"Pi", "Ei"}, binary) && int32(exponent) >= -9
}
