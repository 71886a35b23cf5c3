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
}

// taken is a name or a selector of a PeerAuthentication in the streams.
type taken struct{ namespace, name, selector string }

func (f *Facts) gatherPeerAuthentication(o manifest.Object) {
	policy, ok := ReadPeerAuthentication(o)
	if !ok {
		return
	}
	f.PeerAuthentications = append(f.PeerAuthentications, policy)
	f.taken[taken{namespace: o.Ref.Namespace, name: o.Ref.Name}] = true
	f.taken[taken{namespace: o.Ref.Namespace, selector: policy.Selector.String()}] = true
}

// HasPeerAuthentication says whether a PeerAuthentication in the streams has this namespace, and this name or selector.
func (f *Facts) HasPeerAuthentication(namespace, name string, selector manifest.Labels) bool {
	return f.taken[taken{namespace: namespace, name: name}] || f.taken[taken{namespace: namespace, selector: selector.String()}]
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
// the oldest, or the first by name if they have the same age, as in the streams.
func (p *PeerAuthentication) YieldsTo(other *PeerAuthentication) bool {
	return p == nil || other.Ref.Name < p.Ref.Name
}
