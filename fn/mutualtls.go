package fn

import "cmp"

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
// name comes first. What a gateway asks is for its Gateway to say.
func (s *society) findMutualTLS() {
	own := map[*Pod]*peerAuthentication{}
	whole := map[string]*peerAuthentication{}
	for _, policy := range s.policies {
		namespace := policy.ref.Namespace
		switch {
		case policy.selector == nil:
			if whole[namespace].isAfter(policy) {
				whole[namespace] = policy
			}
		case namespace != s.root:
			for _, p := range s.selected(*policy) {
				if own[p].isAfter(policy) {
					own[p] = policy
				}
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
		for _, namespace := range []string{p.Resource.Namespace, s.root} {
			if policy := whole[namespace]; policy != nil && p.MutualTLS == "" {
				p.MutualTLS = policy.mode
			}
		}
	}
}

// isAfter says whether Istio asks the other one sooner; nil comes last.
func (p *peerAuthentication) isAfter(other *peerAuthentication) bool {
	return p == nil || other.ref.Name < p.ref.Name
}

// society is all the pods of the streams, which of them bear the labels that PeerAuthentications ask for, and these.
type society struct {
	root        string // the root namespace
	policies    []*peerAuthentication
	pods        []*Pod
	inNamespace map[string][]*Pod // those that reach the cluster
	bearers     map[label][]*Pod
}

type label struct{ namespace, key, value string }

func newSociety(documents []document, facts facts) *society {
	s := &society{root: facts.rootNamespace(), inNamespace: map[string][]*Pod{}, bearers: map[label][]*Pod{}}
	for i := range facts.peerAuthentications {
		s.policies = append(s.policies, &facts.peerAuthentications[i])
	}
	for i := range documents {
		for j := range documents[i].pods {
			p := &documents[i].pods[j]
			s.pods = append(s.pods, p)
			if p.policy != nil {
				s.policies = append(s.policies, p.policy)
			}
		}
	}
	for _, policy := range s.policies {
		for _, l := range policy.selector {
			s.bearers[label{policy.ref.Namespace, l.key, l.value}] = nil
		}
	}
	for _, p := range s.pods {
		if p.Verdict != "" {
			s.settle(p)
		}
	}
	return s
}

// settle notes the namespace of a pod, and its labels that are asked for.
func (s *society) settle(p *Pod) {
	s.inNamespace[p.Resource.Namespace] = append(s.inNamespace[p.Resource.Namespace], p)
	for _, own := range p.labels {
		l := label{p.Resource.Namespace, own.key, own.value}
		if bearers, asked := s.bearers[l]; asked {
			s.bearers[l] = append(bearers, p)
		}
	}
}

// leave lets go of what was kept of the pods to be asked.
func (s *society) leave() {
	for _, p := range s.pods {
		p.labels, p.policy = nil, nil
	}
}

// selected are the pods that a PeerAuthentication is about. Only the bearers of its rarest label are asked for the others:
// there may be as many PeerAuthentications as pods.
func (s *society) selected(policy peerAuthentication) []*Pod {
	if policy.selector == nil && policy.ref.Namespace == s.root {
		return s.pods
	}
	candidates := s.inNamespace[policy.ref.Namespace]
	for _, l := range policy.selector {
		if bearers := s.bearers[label{policy.ref.Namespace, l.key, l.value}]; len(bearers) < len(candidates) {
			candidates = bearers
		}
	}
	var selected []*Pod
	for _, p := range candidates {
		if p.labels.matches(policy.selector) {
			selected = append(selected, p)
		}
	}
	return selected
}
