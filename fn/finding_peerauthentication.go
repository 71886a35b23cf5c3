package fn

import (
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/yamledit"
)

// rootNamespace is where a PeerAuthentication without a selector holds for the whole mesh.
const rootNamespace = "istio-system"

// inspectPeerAuthentication compares what it selects with the pods of its namespace.
func (i *inspection) inspectPeerAuthentication() {
	spec := lookup(i.node, "spec")
	if group, _ := groupVersion(i.ref.APIVersion); group != istioSecurityGroup {
		return
	}
	node := lookup(spec, "selector", "matchLabels")
	mode := lookup(spec, "mtls", "mode")
	selector := labels.SelectorFromSet(stringMap(node))
	var selected, strangers int
	var outside *Pod
	for n := range i.pods {
		p := &i.pods[n]
		switch {
		case p.Verdict == "" || p.Resource.Namespace != i.ref.Namespace && (node != nil || i.ref.Namespace != rootNamespace):
		case !selector.Matches(labels.Set(p.labels)):
			strangers++
		default:
			selected++
			if !p.Verdict.InMesh() && outside == nil {
				outside = p
			}
		}
	}
	switch {
	case text(mode) == "DISABLE" && selected > 0:
		i.find(MTLSDisabled, mode, "spec.mtls.mode")
	case text(mode) != "STRICT" || yamledit.IsNull(spec):
	case selected == 0 && strangers > 0 && node != nil:
		i.find(StrictSelectsNothing, node, "spec.selector.matchLabels", selector.String())
	case outside != nil:
		i.find(StrictOutsideMesh, mode, "spec.mtls.mode", outside.Resource.String()+" ("+string(outside.VerdictReason)+")")
	}
}

// inspectDestinationRule: a client that was told not to use mutual TLS cannot reach a server that requires it.
func (i *inspection) inspectDestinationRule() {
	if mode := lookup(i.node, "spec", "trafficPolicy", "tls", "mode"); text(mode) == "DISABLE" {
		i.find(PlaintextDestination, mode, "spec.trafficPolicy.tls.mode")
	}
}
