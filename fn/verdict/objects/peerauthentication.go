package objects

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/verdict/identity"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	MTLSDisabled = &analysis.Definition{Reason: "MTLSDisabled", Severity: outcome.Warning,
		Message: "it disables mutual TLS for pods that have an identity",
		Remedy:  "remove it, or set the mode STRICT"}
	StrictSelectsNothing = &analysis.Definition{Reason: "StrictSelectsNothing", Severity: outcome.Warning,
		Message: "it requires mutual TLS, but selects none of the pods in the manifests",
		Remedy:  "correct the selector"}
	StrictOutsideMesh = &analysis.Definition{Reason: "StrictOutsideMesh", Severity: outcome.Warning,
		Message: "it requires mutual TLS for a pod outside the mesh, where nothing enforces it",
		Remedy:  "enroll the pod, or change the selector"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Policies, Kinds: []string{keys.PeerAuthentication},
	Findings: []*analysis.Definition{identity.SelectorInRootNamespace, MTLSDisabled, StrictSelectsNothing, StrictOutsideMesh}, Run: findPeerAuthentication})

// findPeerAuthentication compares the pods that a PeerAuthentication selects with the pods of its namespace.
func findPeerAuthentication(o *analysis.Object) {
	peers, ok := mesh.ReadPeerAuthentication(o.Object)
	if !ok {
		return
	}
	mode, selector := yamledit.Lookup(o.Node, "spec", "mtls", "mode"), yamledit.Lookup(o.Node, "spec", "selector", "matchLabels")
	if peers.Selector != nil && peers.Ref.Namespace == o.Pods.RootNamespace {
		o.Report(identity.SelectorInRootNamespace, selector, "spec.selector.matchLabels")
		return
	}
	var selected int
	var outside *policy.Pod
	for _, p := range o.Pods.Selected(peers) {
		if p.Verdict == "" {
			continue
		}
		selected++
		if !p.Verdict.InMesh() && outside == nil {
			outside = p
		}
	}
	switch {
	case peers.Mode == "DISABLE" && selected > 0:
		o.Report(MTLSDisabled, mode, "spec.mtls.mode")
	case peers.Mode != "STRICT":
	case peers.Selector != nil && selected == 0 && len(o.Pods.InNamespace(peers.Ref.Namespace)) > 0:
		o.Report(StrictSelectsNothing, selector, "spec.selector.matchLabels", peers.Selector.String())
	case outside != nil:
		o.Report(StrictOutsideMesh, mode, "spec.mtls.mode", outside.Resource.String()+" ("+string(outside.VerdictReason)+")")
	}
}
