package fn

import (
	"cmp"

	"k8s.io/apimachinery/pkg/labels"
)

// defaultRootNamespace is where a PeerAuthentication without a selector holds for the whole mesh, unless istiod's settings
// name another namespace.
const defaultRootNamespace = "istio-system"

func (f *facts) rootNamespace() string {
	return cmp.Or(f.meshes["default"].rootNamespace, defaultRootNamespace)
}

// findMutualTLS finds out what the PeerAuthentications make each pod in the mesh ask of its clients (Istio's
// pilot/pkg/security/authn, ComposePeerAuthentication). The first row that says a mode decides:
//
//	1  one of the pod's namespace that selects it, unless that is the root namespace
//	2  one of the namespace without a selector
//	3  one of the root namespace without a selector
//	4  otherwise nothing in the streams says: ""
//
// Of several in a row Istio asks the oldest one only. In the streams they are as old as one another, and then the first
// name comes first. A pod that one is added for has its mode by now. What a gateway asks is for its Gateway to say.
func (s *society) findMutualTLS(facts facts) {
	root := facts.rootNamespace()
	own := map[*Pod]*peerAuthentication{}
	whole := map[string]*peerAuthentication{}
	for i := range facts.peerAuthentications {
		policy := &facts.peerAuthentications[i]
		namespace := policy.ref.Namespace
		if policy.selector == nil {
			if former := whole[namespace]; former == nil || policy.ref.Name < former.ref.Name {
				whole[namespace] = policy
			}
			continue
		}
		if namespace == root {
			continue
		}
		for _, p := range s.selected(*policy, root) {
			name := p.Resource.Name // that of the one that was added
			if former := own[p]; former != nil {
				name = former.ref.Name
			}
			if own[p] == nil && p.MutualTLS == "" || policy.ref.Name < name {
				own[p] = policy
			}
		}
	}
	for _, p := range s.pods {
		if !p.Verdict.InMesh() || p.Role == Gateway {
			continue
		}
		if policy := own[p]; policy != nil {
			p.MutualTLS, p.MutualTLSPorts = policy.mode, policy.ports
		}
		for _, namespace := range []string{p.Resource.Namespace, root} {
			if policy := whole[namespace]; policy != nil && p.MutualTLS == "" {
				p.MutualTLS = policy.mode
			}
		}
	}
}

// society is all the pods of the streams, and which of them bear the labels that PeerAuthentications ask for.
type society struct {
	pods        []*Pod
	inNamespace map[string][]*Pod // those that reach the cluster
	bearers     map[label][]*Pod
}

type label struct{ namespace, key, value string }

func newSociety(documents []document, policies []peerAuthentication) *society {
	s := &society{inNamespace: map[string][]*Pod{}, bearers: map[label][]*Pod{}}
	for _, policy := range policies {
		for key, value := range policy.selector {
			s.bearers[label{policy.ref.Namespace, key, value}] = nil
		}
	}
	for i := range documents {
		for j := range documents[i].pods {
			s.add(&documents[i].pods[j])
		}
	}
	return s
}

func (s *society) add(p *Pod) {
	s.pods = append(s.pods, p)
	if p.Verdict == "" {
		return
	}
	s.inNamespace[p.Resource.Namespace] = append(s.inNamespace[p.Resource.Namespace], p)
	for key, value := range p.labels {
		l := label{p.Resource.Namespace, key, value}
		if bearers, asked := s.bearers[l]; asked {
			s.bearers[l] = append(bearers, p)
		}
	}
}

// selected are the pods that a PeerAuthentication is about. Only the bearers of its rarest label are asked for the others:
// there may be as many PeerAuthentications as pods.
func (s *society) selected(policy peerAuthentication, root string) []*Pod {
	if policy.selector == nil && policy.ref.Namespace == root {
		return s.pods
	}
	candidates := s.inNamespace[policy.ref.Namespace]
	for key, value := range policy.selector {
		if bearers := s.bearers[label{policy.ref.Namespace, key, value}]; len(bearers) < len(candidates) {
			candidates = bearers
		}
	}
	selector := labels.SelectorFromSet(policy.selector)
	var selected []*Pod
	for _, p := range candidates {
		if selector.Matches(labels.Set(p.labels)) {
			selected = append(selected, p)
		}
	}
	return selected
}
