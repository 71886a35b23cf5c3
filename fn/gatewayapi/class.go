package gatewayapi

import (
	"strings"

	"enmesh.dev/enmesh/fn/keys"
)

// Class says what istiod makes of a Gateway of a class.
type Class struct {
	// Template is the name of istiod's template for the pods.
	Template string
	// MountsSocket: the template has the volume workload-socket, which its proxy mounts.
	MountsSocket bool
	suffixed     bool   // the name of what is made ends with the class's
	label        string // gateway.istio.io/managed
}

// classes are those of Istio that have pods, by the name of the controller that a GatewayClass names.
var classes = map[string]Class{
	"istio.io/gateway-controller":               {Template: "kube-gateway", MountsSocket: true, suffixed: true, label: "istio.io-gateway-controller"},
	"istio.io/mesh-controller":                  {Template: "waypoint", MountsSocket: true, label: "istio.io-mesh-controller"},
	"istio.io/eastwest-controller":              {Template: "waypoint", MountsSocket: true, label: "istio.io-eastwest-controller"},
	"istio.io/agentgateway-controller":          {Template: "agentgateway", label: "istio.io-gateway-controller"},
	"istio.io/agentgateway-waypoint-controller": {Template: "agentgateway-waypoint", label: "istio.io-agentgateway-waypoint-controller"},
}

// builtin are the classes that istiod knows without a GatewayClass, and their controllers.
var builtin = map[string]string{
	"istio":                       "istio.io/gateway-controller",
	"istio-waypoint":              "istio.io/mesh-controller",
	"istio-east-west":             "istio.io/eastwest-controller",
	"istio-agentgateway":          "istio.io/agentgateway-controller",
	"istio-agentgateway-waypoint": "istio.io/agentgateway-waypoint-controller",
}

// IsWaypoint says whether the pods of the class are for the traffic inside of the mesh.
func (c Class) IsWaypoint() bool { return strings.HasSuffix(c.Template, "waypoint") }

// PodLabels returns the labels of istiod's template by which others may select the pods of a Gateway.
func (c Class) PodLabels(g Gateway) map[string]string {
	return map[string]string{
		keys.GatewayAPIGroup + "/gateway-name":       g.Ref.Name,
		keys.GatewayAPIGroup + "/gateway-class-name": g.ClassName(),
		"gateway.istio.io/managed":                   c.label,
		"service.istio.io/canonical-name":            g.deploymentName(c),
		"service.istio.io/canonical-revision":        "latest",
		keys.DataplaneMode:                           "none",
	}
}

// ClassOf returns the class with a name, and false if istiod makes no pods of its Gateways. The controller is the one that the GatewayClass
// names, or "" if none is known.
func ClassOf(name, controller string) (Class, bool) {
	if controller == "" {
		controller = builtin[name]
	}
	class, ok := classes[controller]
	return class, ok
}
