package fn

// inspectPeerAuthentication compares what it selects with the pods of its namespace.
func (i *inspection) inspectPeerAuthentication() {
	policy, ok := readPeerAuthentication(i.object)
	if !ok {
		return
	}
	mode, selector := lookup(i.node, "spec", "mtls", "mode"), lookup(i.node, "spec", "selector", "matchLabels")
	if policy.selector != nil && policy.ref.Namespace == i.pods.root {
		i.find(SelectorInRootNamespace, selector, "spec.selector.matchLabels")
		return
	}
	var selected int
	var outside *Pod
	for _, p := range i.pods.selected(policy) {
		if p.Verdict == "" {
			continue
		}
		selected++
		if !p.Verdict.InMesh() && outside == nil {
			outside = p
		}
	}
	switch {
	case policy.mode == "DISABLE" && selected > 0:
		i.find(MTLSDisabled, mode, "spec.mtls.mode")
	case policy.mode != "STRICT":
	case policy.selector != nil && selected == 0 && len(i.pods.inNamespace[policy.ref.Namespace]) > 0:
		i.find(StrictSelectsNothing, selector, "spec.selector.matchLabels", policy.selector.String())
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
