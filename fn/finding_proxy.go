package fn

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/api/resource"

	"enmesh.dev/enmesh/fn/yamledit"
)

const (
	statusKey          = "sidecar.istio.io/status"
	userVolumeKey      = "sidecar.istio.io/userVolume"
	bootstrapKey       = "sidecar.istio.io/bootstrapOverride"
	interceptionKey    = "sidecar.istio.io/interceptionMode"
	proxyUser          = "1337"
	excludedAnnotation = "traffic.sidecar.istio.io/"
)

// annotationChecks are for the annotations whose values Istio's injector checks: it refuses the pod for a wrong one.
var annotationChecks = map[string]func(string) bool{
	interceptionKey:                oneOfModes,
	"status.sidecar.istio.io/port": isPort,
	"readiness.status.sidecar.istio.io/initialDelaySeconds": isNumber,
	"readiness.status.sidecar.istio.io/periodSeconds":       isNumber,
	"readiness.status.sidecar.istio.io/failureThreshold":    isNumber,
	"traffic.sidecar.istio.io/includeOutboundIPRanges":      func(v string) bool { return v == "*" || areRanges(v) },
	"traffic.sidecar.istio.io/excludeOutboundIPRanges":      areRanges,
	"traffic.sidecar.istio.io/includeInboundPorts":          func(v string) bool { return v == "*" || arePorts(v) },
	"traffic.sidecar.istio.io/excludeInboundPorts":          arePorts,
	"traffic.sidecar.istio.io/excludeOutboundPorts":         arePorts,
	"traffic.sidecar.istio.io/excludeInterfaces":            areInterfaces,
	"traffic.sidecar.istio.io/kubevirtInterfaces":           areInterfaces,
	"istio.io/reroute-virtual-interfaces":                   areInterfaces,
	mergeMetricsKey:                                         isBool,
	"sidecar.istio.io/proxyCPU":                             isQuantity,
	"sidecar.istio.io/proxyCPULimit":                        isQuantity,
	"sidecar.istio.io/proxyMemory":                          isQuantity,
	"sidecar.istio.io/proxyMemoryLimit":                     isQuantity,
	userVolumeKey:                                           isObject,
	"sidecar.istio.io/userVolumeMount":                      isObject,
}

func oneOfModes(v string) bool { return slices.Contains([]string{"REDIRECT", "TPROXY", "NONE"}, v) }

func isPort(v string) bool {
	_, err := strconv.ParseUint(strings.TrimSpace(v), 10, 16)
	return err == nil
}

// portNumber is the number of a port that can be listened on, or 0.
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

func isQuantity(v string) bool {
	_, err := resource.ParseQuantity(v)
	return err == nil
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

// interfaceName is what the kernel and Istio take for the name of a network interface.
var interfaceName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_.-]{0,14}$`)

func areInterfaces(v string) bool {
	return v == "" || !slices.ContainsFunc(strings.Split(v, ","), func(s string) bool { return !interfaceName.MatchString(strings.TrimSpace(s)) })
}

// findAnnotations looks at the settings of the proxy that stand in annotations.
func (r *prospect) findAnnotations() {
	for _, name := range yamledit.Keys(lookup(r.metadata(), "annotations")) {
		if check := annotationChecks[name]; check != nil && !check(r.finalAnnotation(name)) {
			r.findAnnotation(InvalidAnnotation, name, r.finalAnnotation(name))
		}
	}
	r.findProxyConfig()
	r.findPrometheus()
	if r.podAnnotation(bootstrapKey) != nil {
		r.findAnnotation(BootstrapOverride, bootstrapKey)
	}
	if config, _ := r.proxyConfig(); text(lookup(config, "holdApplicationUntilProxyStarts")) == "true" {
		r.findAnnotation(HoldApplication, proxyConfigKey)
	}
}

// findStatus: the injector leaves its mark on the pods that it made.
func (r *prospect) findStatus() {
	if r.podAnnotation(statusKey) != nil {
		r.findAnnotation(AlreadyInjected, statusKey)
	}
}

// findAutoImage: the image auto stands for the injector's own, and for nothing where it does not act.
func (r *prospect) findAutoImage() {
	if r.bare != "" {
		r.findAutoImages()
	}
}

func (r *prospect) findAutoImages() {
	r.eachContainer(func(container *yaml.Node, field string) {
		if image := lookup(container, "image"); text(image) == "auto" {
			r.find(ImageAuto, image, join(field, "image"))
		}
	})
}

// proxyPorts are those that the proxy listens on.
var proxyPorts = []string{"15000", "15001", "15002", "15004", "15006", "15008", "15009", "15020", "15021", "15053", "15090"}

// findProxy looks at what a pod has that the sidecar has as well.
func (r *prospect) findProxy() {
	if r.isGatewayOut() {
		return
	}
	user := lookup(r.spec(), "securityContext", "runAsUser")
	if text(user) == proxyUser {
		r.find(RunsAsProxy, user, join(r.specField(), "securityContext.runAsUser"))
	}
	r.eachContainer(func(container *yaml.Node, field string) {
		if strings.HasPrefix(text(lookup(container, "name")), "istio-") {
			return
		}
		if user := lookup(container, "securityContext", "runAsUser"); text(user) == proxyUser {
			r.find(RunsAsProxy, user, join(field, "securityContext.runAsUser"))
		}
		for i, port := range items(lookup(container, "ports")) {
			if number := lookup(port, "containerPort"); slices.Contains(proxyPorts, text(number)) && text(lookup(port, "protocol")) != "UDP" {
				r.find(PortTaken, number, join(index(join(field, "ports"), i), "containerPort"), text(number))
			}
		}
	})
}

// findTraffic looks for traffic that goes around the sidecar.
func (r *prospect) findTraffic() {
	if r.isGatewayOut() {
		return
	}
	if strings.EqualFold(r.finalAnnotation(interceptionKey), "NONE") {
		r.findAnnotation(InterceptionOff, interceptionKey)
	}
	for _, name := range yamledit.Keys(lookup(r.metadata(), "annotations")) {
		kind, found := strings.CutPrefix(name, excludedAnnotation)
		value := r.finalAnnotation(name)
		if found && (strings.HasPrefix(kind, "exclude") && value != "" || strings.HasPrefix(kind, "include") && value != "*" && kind != "includeOutboundPorts") {
			r.findAnnotation(TrafficExcluded, name, value)
		}
	}
}

// sandboxes are runtimes in which an agent on the node does not see the processes that it is to attest.
var sandboxes = regexp.MustCompile(`(?i)gvisor|runsc|kata`)

// findOrigin looks at where the pod comes from.
func (r *prospect) findOrigin() {
	builtin := slices.ContainsFunc(builtinPodTemplates, func(t PodTemplate) bool { return t.Kind == r.ref.Kind && t.Path == r.workload.Path })
	if !builtin || r.ref.Kind == "Service" {
		r.find(CustomKind, r.node, "")
	}
	r.eachContainer(func(container *yaml.Node, field string) {
		if image := lookup(container, "image"); spireImages.MatchString(text(image)) && r.decided.Role != "" {
			r.find(MeshItself, image, join(field, "image"))
		}
	})
}

var spireImages = regexp.MustCompile(`(^|/)(spire-server|spire-agent|spiffe-csi-driver)(:|@|$)`)

// findHost looks at what the pod asks of its node.
func (r *prospect) findHost() {
	spec := r.spec()
	if text(lookup(spec, "os", "name")) == "windows" {
		r.findSpec(WindowsNode, "os.name")
	} else if at := lookup(spec, "nodeSelector", "kubernetes.io/os"); text(at) == "windows" {
		r.find(WindowsNode, at, key(join(r.specField(), "nodeSelector"), "kubernetes.io/os"))
	}
	if runtime := text(lookup(spec, "runtimeClassName")); sandboxes.MatchString(runtime) {
		r.findSpec(SandboxedRuntime, "runtimeClassName", runtime)
	}
	if text(lookup(spec, "shareProcessNamespace")) == "true" {
		r.findSpec(SharedProcessNamespace, "shareProcessNamespace")
	}
}

// findJob looks at pods that are to end.
func (r *prospect) findJob() {
	if !r.isJob() || r.isGatewayOut() {
		return
	}
	if native := r.nativeSidecar(); native == nil || text(native) == "false" && r.decided.Role == "" {
		r.findAnnotation(JobNeverCompletes, nativeKey)
	}
	if r.ref.Kind == "Job" && r.decided.Reason == Enrolled && r.annotation(hookKey) == "" && lookup(r.node, "metadata", "name") != nil {
		r.find(JobImmutable, r.template, r.field)
	}
}
