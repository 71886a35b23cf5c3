package gatewayapi

import (
	"cmp"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Gateway is a Gateway of the Gateway API.
type Gateway struct{ manifest.Object }

// Of returns an object as a Gateway, if it is one of the Gateway API.
func Of(o manifest.Object) (Gateway, bool) {
	return Gateway{o}, o.Ref.Kind == "Gateway" && o.Ref.Group() == keys.GatewayAPIGroup
}

func (g Gateway) node(path ...string) *yaml.Node { return yamledit.Lookup(g.Node, path...) }

// ClassName returns the name of the class.
func (g Gateway) ClassName() string { return yamledit.Text(g.node("spec", "gatewayClassName")) }

// HasOwnPods says whether the Gateway only points to pods that somebody else made: by one address that is no IP address, or by several.
func (g Gateway) HasOwnPods() bool {
	addresses := yamledit.Items(g.node("spec", "addresses"))
	if len(addresses) != 1 {
		return len(addresses) > 1
	}
	kind := yamledit.Text(yamledit.Lookup(addresses[0], "type"))
	return kind != "" && kind != "IPAddress"
}

// deploymentName returns the name of the Deployment that istiod makes.
func (g Gateway) deploymentName(c Class) string {
	return cmp.Or(g.Annotation(keys.GatewayName), g.defaultName(c))
}

// ServiceAccount returns the name of the service account that istiod makes for the pods.
func (g Gateway) ServiceAccount(c Class) string {
	return cmp.Or(g.Annotation(keys.GatewayServiceAccount), g.defaultName(c))
}

func (g Gateway) defaultName(c Class) string {
	if c.suffixed {
		return g.Ref.Name + "-" + g.ClassName()
	}
	return g.Ref.Name
}

// InfrastructurePath leads to what the Gateway says of its pods.
var InfrastructurePath = []string{"spec", "infrastructure"}

// MaxInfrastructureLabels is how many labels the Gateway API allows in spec.infrastructure.labels (its CRD, maxProperties).
const MaxInfrastructureLabels = 8

// InfrastructureLabels returns the labels in the Gateway's spec for all that istiod makes of it, or nil.
func (g Gateway) InfrastructureLabels() *yaml.Node { return g.node("spec", "infrastructure", "labels") }

// Labels returns the labels of the pods as the Gateway gives them: those in its spec or, without any there, its own. istiod leaves out those
// that begin with the group of the Gateway API.
func (g Gateway) Labels() map[string]string {
	if given := g.InfrastructureLabels(); !yamledit.IsNull(given) {
		return passedOn(given)
	}
	return g.OwnLabels()
}

// OwnLabels returns those of the Gateway's own labels that its pods get where its spec has none for them.
func (g Gateway) OwnLabels() map[string]string { return passedOn(g.node("metadata", "labels")) }

func passedOn(node *yaml.Node) map[string]string {
	labels := manifest.StringMap(node)
	maps.DeleteFunc(labels, func(key, _ string) bool { return strings.HasPrefix(key, keys.GatewayAPIGroup+"/") })
	return labels
}

// Parameters says what the Gateway's parametersRef names.
type Parameters struct {
	// Node is the reference, or nil if there is none.
	Node *yaml.Node
	// ConfigMap is the name of the ConfigMap, in the Gateway's namespace. It is empty if the reference is to something else, which istiod
	// refuses.
	ConfigMap string
}

// Parameters returns the Gateway's parametersRef.
func (g Gateway) Parameters() Parameters {
	node := g.node("spec", "infrastructure", "parametersRef")
	if yamledit.IsNull(node) {
		return Parameters{}
	}
	p := Parameters{Node: node}
	if yamledit.Text(yamledit.Lookup(node, "group")) == "" && yamledit.Text(yamledit.Lookup(node, "kind")) == "ConfigMap" {
		p.ConfigMap = yamledit.Text(yamledit.Lookup(node, "name"))
	}
	return p
}
