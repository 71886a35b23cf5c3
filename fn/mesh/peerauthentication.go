package mesh

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// PeerAuthentication is a PeerAuthentication in the streams, or one that enrollment adds.
type PeerAuthentication struct {
	Ref      manifest.ResourceRef
	Mode     string            // of mutual TLS; empty if it is inherited
	Ports    map[string]string // modes of ports with their own mode
	Selector manifest.Labels   // matchLabels; nil if it applies to the whole namespace
	// InCluster: it is in the cluster already, and not in the streams.
	InCluster bool
}

func (f *Facts) gatherPeerAuthentication(o manifest.Object) {
	policy, ok := ReadPeerAuthentication(o)
	if !ok {
		return
	}
	f.PeerAuthentications = append(f.PeerAuthentications, policy)
}

// HasPeerAuthentication says whether a PeerAuthentication in the streams has this namespace and name.
func (f *Facts) HasPeerAuthentication(namespace, name string) bool {
	return f.policies().names[named{namespace, name}]
}

// SelectsForMutualTLS says whether a PeerAuthentication in the streams selects a pod with these labels.
func (f *Facts) SelectsForMutualTLS(namespace string, pod manifest.Labels) bool {
	return len(f.policies().selectors.Find(namespace, pod)) > 0
}

type named struct{ namespace, name string }

type labelled struct{ namespace, key, value string }

// policyIndex finds the PeerAuthentications in the streams by their names and by their selectors.
type policyIndex struct {
	names     map[named]bool
	selectors manifest.SelectorIndex
}

func (f *Facts) indexPolicies() policyIndex {
	index := policyIndex{names: map[named]bool{}}
	var namespaces []string
	var selectors []manifest.Labels
	for _, p := range f.PeerAuthentications {
		if !p.InCluster {
			index.names[named{p.Ref.Namespace, p.Ref.Name}] = true
			namespaces, selectors = append(namespaces, p.Ref.Namespace), append(selectors, p.Selector)
		}
	}
	index.selectors = manifest.NewSelectorIndex(namespaces, selectors)
	return index
}

// ReadPeerAuthentication reads a PeerAuthentication. It returns false if the object is not one of Istio's.
func ReadPeerAuthentication(o manifest.Object) (policy PeerAuthentication, ok bool) {
	if o.Ref.Group() != keys.IstioSecurityGroup {
		return policy, false
	}
	spec := yamledit.Lookup(o.Node, "spec")
	policy = PeerAuthentication{
		Ref:      o.Ref,
		Mode:     modeIn(yamledit.Lookup(spec, "mtls")),
		Selector: manifest.NewLabels(manifest.StringMap(yamledit.Lookup(spec, "selector", "matchLabels"))),
	}
	ports := yamledit.Lookup(spec, "portLevelMtls")
	for _, port := range yamledit.Keys(ports) {
		mode := modeIn(yamledit.Lookup(ports, port))
		if mode == "" {
			continue
		}
		if policy.Ports == nil {
			policy.Ports = map[string]string{}
		}
		policy.Ports[port] = mode
	}
	return policy, true
}

// modeIn returns the mode of mutual TLS. UNSET is the same as no mode: it is inherited.
func modeIn(mtls *yaml.Node) string {
	if mode := yamledit.Text(yamledit.Lookup(mtls, "mode")); mode != "UNSET" {
		return mode
	}
	return ""
}

// YieldsTo says whether the other policy takes precedence. Any policy takes precedence over nil. If several apply, Istio uses only
// the oldest, which one in the cluster is, or the first by name if they have the same age, as in the streams.
func (p *PeerAuthentication) YieldsTo(other *PeerAuthentication) bool {
	if p == nil || p.InCluster != other.InCluster {
		return p == nil || other.InCluster
	}
	return other.Ref.Name < p.Ref.Name
}
