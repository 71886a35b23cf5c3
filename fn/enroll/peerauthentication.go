package enroll

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Gate says whether a PeerAuthentication with the mode STRICT is added for a pod.
type Gate string

const (
	// NotWanted: the configuration asks for none, or the pod has one.
	NotWanted Gate = ""
	// Open: one is added.
	Open Gate = "Open"
	// RootNamespace: Istio ignores a PeerAuthentication with a selector in its root namespace.
	RootNamespace Gate = "RootNamespace"
	// OutsideMesh: the pod does not join the mesh, so its clients would be cut off.
	OutsideMesh Gate = "OutsideMesh"
	// NotYet: the pod must be enrolled first.
	NotYet Gate = "NotYet"
)

// PeerAuthentication returns the object to add for a pod, given the labels that it comes out with, or nil and the reason. The first row
// that applies decides:
//
//	1  the pod is not selected, or none is wanted         NotWanted
//	2  its namespace is Istio's root namespace            RootNamespace
//	3  its verdict is in the mesh                         Open
//	4  the pod is not enrolled yet                        NotYet
//	5  otherwise                                          OutsideMesh
func (e *Enroller) PeerAuthentication(p manifest.PodTemplate, decided outcome.Pod, labels map[string]string, facts *mesh.Facts, ways *reach.Index) (*Addition, Gate) {
	if !decided.Outcome.IsSelected() {
		return nil, NotWanted
	}
	a := e.wantedPeerAuthentication(p, labels, facts, ways)
	switch {
	case a == nil:
		return nil, NotWanted
	case p.Ref.Namespace == facts.RootNamespace():
		return nil, RootNamespace
	case decided.Verdict.InMesh():
		return a, Open
	case decided.VerdictReason == outcome.NotEnrolled:
		return nil, NotYet
	}
	return nil, OutsideMesh
}

// wantedPeerAuthentication returns the object that requires mutual TLS for a pod, or nil. The first row that applies decides:
//
//	1  none is configured                                           nil
//	2  the pod is a gateway: its clients are outside the mesh       nil
//	3  no labels select only the workload's pods                   nil
//	4  one in the streams has its name, or selects the pod          nil
//	5  otherwise                                                    the object
//
// Where nothing comes of what is configured, the finding StrictNotApplied says so.
// The method PeerAuthentication checks whether the pod is in the mesh.
func (e *Enroller) wantedPeerAuthentication(p manifest.PodTemplate, labels map[string]string, facts *mesh.Facts, ways *reach.Index) *Addition {
	if e.Spec.PeerAuthentication == "" || e.Role(p) == outcome.Gateway {
		return nil
	}
	selector := manifest.NewLabels(p.Selector(e.Spec.IdentityLabel.Key))
	if len(selector) == 0 {
		return nil
	}
	ref := manifest.ResourceRef{APIVersion: keys.IstioSecurityGroup + "/" + e.Spec.PeerAuthenticationVersion, Kind: keys.PeerAuthentication,
		Name: nameBesides(p), Namespace: p.Ref.Namespace}
	if facts.HasPeerAuthentication(ref.Namespace, ref.Name) || facts.SelectsForMutualTLS(ref.Namespace, manifest.NewLabels(labels)) {
		return nil
	}
	namespace := yamledit.Text(p.NamespaceNode())
	policy := &mesh.PeerAuthentication{Ref: ref, Mode: e.Spec.PeerAuthentication, Selector: selector}
	a := &Addition{Ref: ref, Policy: policy}
	for _, way := range ways.Ways(p.Ref.Namespace, manifest.NewLabels(labels), p.ContainerPorts()) {
		if way.Caller == mesh.APIServer && policy.Ports[way.Port] == "" {
			if policy.Ports == nil {
				policy.Ports = map[string]string{}
			}
			policy.Ports[way.Port] = permissive
			a.Changes = append(a.Changes, fieldpath.Key("spec.portLevelMtls", way.Port))
		}
	}
	a.make = func(ref manifest.ResourceRef) *yaml.Node { return newPeerAuthentication(ref, namespace, policy) }
	return a
}

// permissive is the mode of a port that the API server calls: it has no certificate of the mesh.
const permissive = "PERMISSIVE"

// nameBesides is the name of an object beside a workload. One that has its name generated has only the start of it, with a dash at the end
// that no name may have.
// Beside an object with several pod templates, there is one for each.
func nameBesides(p manifest.PodTemplate) string {
	name := strings.TrimRight(p.Ref.Name, "-.")
	if p.Part != "" {
		name += "-" + p.Part
	}
	return name
}

func newPeerAuthentication(ref manifest.ResourceRef, namespace string, policy *mesh.PeerAuthentication) *yaml.Node {
	var labels []yamledit.Entry
	for _, l := range policy.Selector {
		labels = append(labels, yamledit.Entry{Key: l.Key, Value: yamledit.Plain(l.Value)})
	}
	mode := func(name string) *yaml.Node {
		return yamledit.Map(yamledit.Entry{Key: "mode", Value: yamledit.Plain(name)})
	}
	spec := []yamledit.Entry{
		{Key: "selector", Value: yamledit.Map(yamledit.Entry{Key: "matchLabels", Value: yamledit.Map(labels...)})},
		{Key: "mtls", Value: mode(policy.Mode)},
	}
	if len(policy.Ports) > 0 {
		var ports []yamledit.Entry
		for _, port := range slices.Sorted(maps.Keys(policy.Ports)) {
			ports = append(ports, yamledit.Entry{Key: port, Value: mode(policy.Ports[port])})
		}
		spec = append(spec, yamledit.Entry{Key: "portLevelMtls", Value: yamledit.Map(ports...)})
	}
	return newNamespaced(ref, namespace, yamledit.Entry{Key: "spec", Value: yamledit.Map(spec...)})
}
