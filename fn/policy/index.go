package policy

import (
	"slices"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
)

// Pod is the result for a pod, with what policies and ClusterSPIFFEIDs select by.
type Pod struct {
	outcome.Pod
	// ServiceAccount is the pod's, or empty if it is not known.
	ServiceAccount string
	// Labels are the labels of the pod in the output.
	Labels manifest.Labels
	// Policy is the PeerAuthentication that is added for the pod, or nil.
	Policy *mesh.PeerAuthentication
	// LacksPolicy: one is missing, which a check reports.
	LacksPolicy bool
	// Ways are who reaches which port of the pod, as far as that is known.
	Ways []reach.Way
	// Accepts are the reasons that the pod, or its workload, accepts.
	Accepts []outcome.Reason
}

// Index finds the pods that PeerAuthentications select, and the mode of mutual TLS of each pod.
type Index struct {
	// Pods are all pods in the streams.
	Pods []*Pod
	// RootNamespace is the namespace in which policies apply to the whole mesh.
	RootNamespace string

	policies    []*mesh.PeerAuthentication
	inNamespace map[string][]*Pod // pods that reach the cluster
	withLabel   map[labelIn][]*Pod
	whole       map[string]*mesh.PeerAuthentication // of whole namespaces
	own         map[*Pod]*mesh.PeerAuthentication
	gateways    []*Pod            // once they are asked for
	strict      map[string][]*Pod // by namespace, once it is asked for
}

type labelIn struct{ namespace, key, value string }

// NewIndex indexes pods by the labels in the selectors of the policies in the streams and of the added ones.
func NewIndex(pods []*Pod, facts *mesh.Facts) *Index {
	i := &Index{Pods: pods, RootNamespace: facts.RootNamespace(), inNamespace: map[string][]*Pod{}, withLabel: map[labelIn][]*Pod{},
		whole: map[string]*mesh.PeerAuthentication{}, own: map[*Pod]*mesh.PeerAuthentication{}}
	added := map[manifest.ResourceRef]bool{}
	for _, p := range pods {
		if p.Policy != nil {
			i.policies = append(i.policies, p.Policy)
			added[nameOf(p.Policy.Ref)] = facts.KnowsCluster()
		}
	}
	for n := range facts.PeerAuthentications {
		if policy := &facts.PeerAuthentications[n]; !policy.InCluster || !added[nameOf(policy.Ref)] {
			i.policies = append(i.policies, policy)
		}
	}
	for _, policy := range i.policies {
		for _, l := range policy.Selector {
			i.withLabel[labelIn{policy.Ref.Namespace, l.Key, l.Value}] = nil
		}
	}
	for _, p := range pods {
		if p.Verdict != "" {
			i.add(p)
		}
	}
	i.applyPolicies()
	return i
}

// nameOf is a reference without the version of the API.
func nameOf(ref manifest.ResourceRef) manifest.ResourceRef {
	return manifest.ResourceRef{Namespace: ref.Namespace, Name: ref.Name}
}

// add indexes a pod by its namespace, and by those of its labels that are in selectors.
func (i *Index) add(p *Pod) {
	i.inNamespace[p.Resource.Namespace] = append(i.inNamespace[p.Resource.Namespace], p)
	for _, own := range p.Labels {
		l := labelIn{p.Resource.Namespace, own.Key, own.Value}
		if pods, asked := i.withLabel[l]; asked {
			i.withLabel[l] = append(pods, p)
		}
	}
}

// applyPolicies finds the policy that applies to each pod, and to each namespace.
func (i *Index) applyPolicies() {
	for _, policy := range i.policies {
		namespace := policy.Ref.Namespace
		switch {
		case policy.Selector == nil:
			if i.whole[namespace].YieldsTo(policy) {
				i.whole[namespace] = policy
			}
		case namespace != i.RootNamespace:
			for _, p := range i.Selected(*policy) {
				if i.own[p].YieldsTo(policy) {
					i.own[p] = policy
				}
			}
		}
	}
}

// MutualTLS returns the mode of mutual TLS that PeerAuthentications set for a pod in the mesh, and the modes of ports with their
// own mode (Istio's pilot/pkg/security/authn, ComposePeerAuthentication). The first row with a mode decides:
//
//	1  a policy in the pod's namespace that selects the pod, unless that is the root namespace
//	2  a policy in the pod's namespace without a selector
//	3  a policy in the root namespace without a selector
//	4  otherwise "": the streams do not set it
//
// A gateway has no mode: its Gateway configures mutual TLS.
func (i *Index) MutualTLS(p *Pod) (mode string, ports map[string]string) {
	if !p.Verdict.InMesh() || p.Role == outcome.Gateway {
		return "", nil
	}
	if policy := i.own[p]; policy != nil {
		ports = policy.Ports
	}
	if policy := i.Deciding(p); policy != nil {
		mode = policy.Mode
	}
	return mode, ports
}

// Deciding returns the policy that decides the mode of a pod, or nil.
func (i *Index) Deciding(p *Pod) *mesh.PeerAuthentication {
	for _, policy := range []*mesh.PeerAuthentication{i.own[p], i.whole[p.Resource.Namespace], i.whole[i.RootNamespace]} {
		if policy != nil && policy.Mode != "" {
			return policy
		}
	}
	return nil
}

// Bypassed is the mode of a port whose traffic does not reach the proxy.
const Bypassed = "BYPASSED"

// PortMode returns the mode of mutual TLS at a port of a pod. The first row that applies decides:
//
//	1  the port's traffic bypasses the proxy    BYPASSED
//	2  the port has a mode of its own           that mode
//	3  otherwise                                the pod's mode, which may be ""
func (i *Index) PortMode(p *Pod, port string) string {
	mode, ports := i.MutualTLS(p)
	switch own := ports[port]; {
	case slices.Contains(p.BypassedPorts, "*") || slices.Contains(p.BypassedPorts, port):
		return Bypassed
	case own != "":
		return own
	}
	return mode
}

// Gateways returns the gateways that are in the mesh.
func (i *Index) Gateways() []*Pod {
	if i.gateways == nil {
		i.gateways = []*Pod{}
		for _, p := range i.Pods {
			if p.Role == outcome.Gateway && p.Verdict.InMesh() {
				i.gateways = append(i.gateways, p)
			}
		}
	}
	return i.gateways
}

// StrictIn returns the sidecars in a namespace that require mutual TLS.
func (i *Index) StrictIn(namespace string) []*Pod {
	if i.strict == nil {
		i.strict = map[string][]*Pod{}
		for _, p := range i.Pods {
			if mode, _ := i.MutualTLS(p); mode == "STRICT" {
				i.strict[p.Resource.Namespace] = append(i.strict[p.Resource.Namespace], p)
			}
		}
	}
	return i.strict[namespace]
}

// InNamespace returns the pods of a namespace that reach the cluster.
func (i *Index) InNamespace(namespace string) []*Pod { return i.inNamespace[namespace] }

// Selected returns the pods that a PeerAuthentication selects. It looks only at the pods with the rarest label of the selector,
// because there may be as many PeerAuthentications as pods.
func (i *Index) Selected(policy mesh.PeerAuthentication) []*Pod {
	if policy.Selector == nil && policy.Ref.Namespace == i.RootNamespace {
		return i.Pods
	}
	candidates := i.inNamespace[policy.Ref.Namespace]
	for _, l := range policy.Selector {
		if pods := i.withLabel[labelIn{policy.Ref.Namespace, l.Key, l.Value}]; len(pods) < len(candidates) {
			candidates = pods
		}
	}
	var selected []*Pod
	for _, p := range candidates {
		if p.Labels.Match(policy.Selector) {
			selected = append(selected, p)
		}
	}
	return selected
}
