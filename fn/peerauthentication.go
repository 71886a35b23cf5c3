package fn

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

const (
	peerAuthenticationKind = "PeerAuthentication"
	istioSecurityGroup     = "security.istio.io"
)

// peerAuthentication is one of the streams.
type peerAuthentication struct {
	ref      ResourceRef
	mode     string            // of mutual TLS; empty where it is inherited
	ports    map[string]string // modes of the ports that have their own
	selector pairs             // matchLabels; nil where it is for the whole namespace
}

// taken is a name or a selector that a PeerAuthentication of the streams has.
type taken struct{ namespace, name, selector string }

func (f *facts) gatherPeerAuthentication(o object) {
	policy, ok := readPeerAuthentication(o)
	if !ok {
		return
	}
	f.peerAuthentications = append(f.peerAuthentications, policy)
	f.taken[taken{namespace: o.ref.Namespace, name: o.ref.Name}] = true
	f.taken[taken{namespace: o.ref.Namespace, selector: policy.selector.String()}] = true
}

func readPeerAuthentication(o object) (policy peerAuthentication, ok bool) {
	if group, _ := groupVersion(o.ref.APIVersion); group != istioSecurityGroup {
		return policy, false
	}
	spec := lookup(o.node, "spec")
	policy = peerAuthentication{
		ref:      o.ref,
		mode:     modeIn(lookup(spec, "mtls")),
		selector: newPairs(stringMap(lookup(spec, "selector", "matchLabels"))),
	}
	ports := lookup(spec, "portLevelMtls")
	for _, port := range yamledit.Keys(ports) {
		mode := modeIn(lookup(ports, port))
		if mode == "" {
			continue
		}
		if policy.ports == nil {
			policy.ports = map[string]string{}
		}
		policy.ports[port] = mode
	}
	return policy, true
}

// modeIn reads the mode of mutual TLS. UNSET says the same as none: it is inherited.
func modeIn(mtls *yaml.Node) string {
	if mode := text(lookup(mtls, "mode")); mode != "UNSET" {
		return mode
	}
	return ""
}

// stringMap reads a mapping of strings, or returns nil where it has none.
func stringMap(mapping *yaml.Node) map[string]string {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	var values map[string]string
	for _, name := range yamledit.Keys(mapping) {
		if values == nil {
			values = map[string]string{}
		}
		values[name] = text(yamledit.Lookup(mapping, name))
	}
	return values
}

// peerAuthentication is the object to add for a pod that was judged, or nil. The STRICT gate: whoever reaches a pod that is
// outside the mesh would be cut off from it, so for such a pod there is none, and a finding names what keeps it outside. A
// pod that is still to be enrolled has to be that first. In its root namespace Istio hears of none that has a selector.
func (t *Transformer) peerAuthentication(decided *Pod, p pod, facts facts) *addition {
	if !decided.Reason.IsSelected() {
		return nil
	}
	a := t.peerAuthenticationFor(p, t.role(p), facts)
	switch {
	case a == nil:
		return nil
	case p.ref.Namespace == facts.rootNamespace():
		decided.Findings = append(decided.Findings, finding(SelectorInRootNamespace, namespaceOf(p.object), "metadata.namespace"))
		return nil
	case decided.Verdict.InMesh():
		if t.spec.Mode == Enroll {
			decided.policy = a.policy
		}
		return a
	case decided.VerdictReason == NotEnrolled:
		return nil
	}
	withheld := finding(StrictWithheld, nil, "", string(decided.VerdictReason))
	if i := slices.IndexFunc(decided.Findings, func(f Finding) bool { return f.Reason == decided.VerdictReason }); i >= 0 {
		withheld.Field, withheld.Line = decided.Findings[i].Field, decided.Findings[i].Line
	}
	decided.Findings = append(decided.Findings, withheld)
	return nil
}

// peerAuthenticationFor is the object that makes mutual TLS required for a pod, or nil. The first row that holds decides:
//
//	1  none is asked for                                            nil
//	2  the pod is a gateway: its clients are outside of the mesh    nil
//	3  nothing tells its pods from others of the namespace          nil
//	4  one in the streams has its name, or selects the same pods    nil
//	5  otherwise                                                    one
//
// Whether the pod is in the mesh at all is the gate's to know.
func (t *Transformer) peerAuthenticationFor(p pod, role Role, facts facts) *addition {
	if t.spec.PeerAuthentication == "" || role == Gateway {
		return nil
	}
	selector := newPairs(p.podSelector(t.spec.IdentityLabel.Key))
	if len(selector) == 0 {
		return nil
	}
	ref := ResourceRef{APIVersion: istioSecurityGroup + "/" + t.spec.PeerAuthenticationVersion, Kind: peerAuthenticationKind,
		Name: p.ref.Name, Namespace: p.ref.Namespace}
	if facts.taken[taken{namespace: ref.Namespace, name: ref.Name}] ||
		facts.taken[taken{namespace: ref.Namespace, selector: selector.String()}] {
		return nil
	}
	namespace := text(namespaceOf(p.object))
	policy := &peerAuthentication{ref: ref, mode: t.spec.PeerAuthentication, selector: selector}
	return &addition{ref: ref, policy: policy, make: func(ref ResourceRef) *yaml.Node {
		return newPeerAuthentication(ref, namespace, policy.selector, policy.mode)
	}}
}

// podSelector is what selects the workload's pods: its own selector, or else the pod's labels without the mesh's.
func (p pod) podSelector(identityKey string) map[string]string {
	selector := yamledit.Lookup(yamledit.Lookup(p.node, "spec"), "selector")
	if len(p.workload.path) > 0 && selector != nil {
		matchLabels := yamledit.Lookup(selector, "matchLabels")
		if matchLabels == nil && yamledit.Lookup(selector, "matchExpressions") == nil {
			matchLabels = selector // ReplicationController and DeploymentConfig
		}
		if values := stringMap(matchLabels); values != nil && yamledit.Lookup(selector, "matchExpressions") == nil {
			return values
		}
	}
	values := stringMap(yamledit.Lookup(p.metadata(), "labels"))
	maps.DeleteFunc(values, func(name, _ string) bool {
		return slices.Contains([]string{injectKey, revisionKey, identityKey}, name)
	})
	return values
}

func namespaceOf(o object) *yaml.Node {
	return yamledit.Lookup(yamledit.Lookup(o.node, "metadata"), "namespace")
}

func newPeerAuthentication(ref ResourceRef, namespace string, selector pairs, mode string) *yaml.Node {
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(ref.Name)}}
	if namespace != "" {
		metadata = append(metadata, yamledit.Entry{Key: "namespace", Value: yamledit.Plain(namespace)})
	}
	var labels []yamledit.Entry
	for _, l := range selector {
		labels = append(labels, yamledit.Entry{Key: l.key, Value: yamledit.Plain(l.value)})
	}
	return yamledit.Map(
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(ref.APIVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(ref.Kind)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(metadata...)},
		yamledit.Entry{Key: "spec", Value: yamledit.Map(
			yamledit.Entry{Key: "selector", Value: yamledit.Map(yamledit.Entry{Key: "matchLabels", Value: yamledit.Map(labels...)})},
			yamledit.Entry{Key: "mtls", Value: yamledit.Map(yamledit.Entry{Key: "mode", Value: yamledit.Plain(mode)})})})
}
