package oracle

import (
	"maps"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
)

// gateways are the controllers of which istiod makes pods with a proxy of its own, and of the classes that need no GatewayClass.
var gatewayControllers = []string{"istio.io/gateway-controller", "istio.io/mesh-controller", "istio.io/eastwest-controller"}

var gatewayClasses = map[string]string{"istio": gatewayControllers[0], "istio-waypoint": gatewayControllers[1], "istio-east-west": gatewayControllers[2]}

// cluster are the objects of all documents that decide about Gateways.
type cluster struct {
	classes    map[string]string // controllers, by the names of GatewayClasses
	configMaps map[string]object // by namespace/name
	defaults   map[string][]object
	minor      int    // of Istio's version 1.x, or 0
	template   string // kube-gateway of istiod
}

var minorVersion = regexp.MustCompile(`^v?1\.([0-9]+)`)

// EnrollGateways changes the decoded documents: the Gateways of the Gateway API of which istiod makes pods, and the ConfigMaps that they name.
func EnrollGateways(documents []any, spec config.MeshEnrollmentSpec) {
	c := cluster{map[string]string{}, map[string]object{}, map[string][]object{}, 0, ""}
	for _, document := range documents {
		walk(document, func(o object) { c.add(o, spec) })
	}
	for _, document := range documents {
		walk(document, func(o object) {
			if strings.HasPrefix(str(o["apiVersion"]), "gateway.networking.k8s.io/") && o["kind"] == "Gateway" {
				c.enroll(o, spec)
			}
		})
	}
}

func (c *cluster) add(o object, spec config.MeshEnrollmentSpec) {
	name := str(get(o, "metadata", "name"))
	switch o["kind"] {
	case "GatewayClass":
		c.classes[name] = str(get(o, "spec", "controllerName"))
	case "ConfigMap":
		c.configMaps[namespaceOf(o, spec)+"/"+name] = o
		if class := str(get(o, "metadata", "labels", "gateway.istio.io/defaults-for-class")); class != "" {
			c.defaults[class] = append(c.defaults[class], o)
		}
		if name == "istio-sidecar-injector" {
			if parts := minorVersion.FindStringSubmatch(str(get(o, "metadata", "labels", "app.kubernetes.io/version"))); parts != nil {
				for _, digit := range parts[1] {
					c.minor = c.minor*10 + int(digit-'0')
				}
			}
			c.template = str(get(unfold(get(o, "data", "config")), "templates", "kube-gateway"))
		}
	}
}

func (c *cluster) enroll(o object, spec config.MeshEnrollmentSpec) {
	class := str(get(o, "spec", "gatewayClassName"))
	controller, ok := c.classes[class]
	if !ok {
		controller = gatewayClasses[class]
	}
	infrastructure := mapping(get(o, "spec", "infrastructure"))
	given := mapping(infrastructure["labels"])
	own := mapping(get(o, "metadata", "labels"))
	copied := object{}
	for key, value := range own {
		if !strings.HasPrefix(key, "gateway.networking.k8s.io/") {
			copied[key] = value
		}
	}
	template := object{"metadata": object{"labels": given, "annotations": mapping(infrastructure["annotations"])}}
	if given == nil {
		template["metadata"].(object)["labels"] = maps.Clone(own)
	}
	if controller != gatewayControllers[0] && controller != gatewayControllers[1] && controller != gatewayControllers[2] ||
		othersPods(o) || !selected(o, template, spec) {
		return
	}
	brings, names := c.socket(o, class, spec)
	if !brings && c.minor > 0 && c.minor < 26 {
		return
	}
	key, value := spec.IdentityLabel.Key, spec.IdentityLabel.Value
	switch {
	case given != nil:
		given[key] = value
	case str(own[key]) == value: // which istiod copies
	case len(copied) >= 8:
		own[key] = value
	default:
		labels := child(child(child(o, "spec"), "infrastructure"), "labels")
		maps.Copy(labels, copied)
		labels[key] = value
	}
	if brings && (names || c.minor > 0 && c.minor < 26) {
		return
	}
	if infrastructure["parametersRef"] == nil {
		child(child(o, "spec"), "infrastructure")["parametersRef"] = object{"group": "", "kind": "ConfigMap", "name": str(get(o, "metadata", "name")) + "-workload-socket"}
		return
	}
	if overlay := c.named(o, spec); overlay != nil {
		complete := child(overlay, "data")
		patch, ok := unfold(complete["deployment"]).(object)
		if !ok {
			patch = object{}
		}
		pod := child(child(child(patch, "spec"), "template"), "spec")
		volumes, _ := pod["volumes"].([]any)
		switch at := find(volumes, "workload-socket"); {
		case at >= 0 && !brings:
			return
		case at < 0:
			pod["volumes"] = append(volumes, object{"name": "workload-socket", "emptyDir": nil, "csi": decoded(spec.WorkloadSocket.CSI)})
		}
		if file := spec.WorkloadSocket.File; file != "" {
			containers, _ := pod["containers"].([]any)
			if find(containers, "istio-proxy") < 0 {
				containers = append(containers, object{"name": "istio-proxy"})
			}
			proxy := containers[find(containers, "istio-proxy")].(object)
			env, _ := proxy["env"].([]any)
			if find(env, "WORKLOAD_IDENTITY_SOCKET_FILE") < 0 {
				proxy["env"] = append(env, object{"name": "WORKLOAD_IDENTITY_SOCKET_FILE", "value": file})
			}
			pod["containers"] = containers
		}
		encoded, err := yaml.Marshal(patch)
		if err != nil {
			panic(err) // it was decoded a moment ago
		}
		complete["deployment"] = string(encoded)
	}
}

// socket says whether the pods of a Gateway have the driver's volume, and the proxy the configured file.
func (c *cluster) socket(o object, class string, spec config.MeshEnrollmentSpec) (brings, names bool) {
	brings = strings.Contains(c.template, "csi:")
	names = spec.WorkloadSocket.File == ""
	overlays := []object{}
	if len(c.defaults[class]) == 1 {
		overlays = append(overlays, c.defaults[class][0])
	}
	if overlay := c.named(o, spec); overlay != nil {
		overlays = append(overlays, overlay)
	}
	for _, overlay := range overlays {
		pod := get(unfold(get(overlay, "data", "deployment")), "spec", "template", "spec")
		volumes, _ := get(pod, "volumes").([]any)
		if at := find(volumes, "workload-socket"); at >= 0 {
			brings = brings || get(volumes[at], "csi") != nil
		}
		containers, _ := get(pod, "containers").([]any)
		if at := find(containers, "istio-proxy"); at >= 0 {
			env, _ := get(containers[at], "env").([]any)
			names = names || find(env, "WORKLOAD_IDENTITY_SOCKET_FILE") >= 0
		}
	}
	return brings, names
}

// named returns the ConfigMap that a Gateway names, if istiod can use it.
func (c *cluster) named(o object, spec config.MeshEnrollmentSpec) object {
	ref := mapping(get(o, "spec", "infrastructure", "parametersRef"))
	if str(ref["group"]) != "" || str(ref["kind"]) != "ConfigMap" {
		return nil
	}
	overlay := c.configMaps[namespaceOf(o, spec)+"/"+str(ref["name"])]
	for key, value := range mapping(overlay["data"]) {
		switch key {
		case "deployment":
			if _, ok := unfold(value).(object); !ok && str(value) != "" {
				return nil
			}
		case "service", "serviceAccount", "horizontalPodAutoscaler", "podDisruptionBudget":
		default:
			return nil
		}
	}
	return overlay
}

// othersPods says whether a Gateway stands before pods that istiod does not make.
func othersPods(o object) bool {
	addresses, _ := get(o, "spec", "addresses").([]any)
	if len(addresses) != 1 {
		return len(addresses) > 1
	}
	kind := str(get(addresses[0], "type"))
	return kind != "" && kind != "IPAddress"
}

func namespaceOf(o object, spec config.MeshEnrollmentSpec) string {
	if namespace := str(get(o, "metadata", "namespace")); namespace != "" {
		return namespace
	}
	return spec.Namespace
}

// unfold decodes YAML that stands in a value, or returns nil.
func unfold(value any) (decoded any) {
	if yaml.Unmarshal([]byte(str(value)), &decoded) != nil {
		return nil
	}
	return decoded
}
