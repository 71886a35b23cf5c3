package injection

import (
	"slices"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	RevisionIgnored = &analysis.Definition{Reason: "RevisionIgnored", Severity: outcome.Warning,
		Message: "Istio ignores the pod's revision, because the Namespace sets one",
		Remedy:  "remove the label istio.io/rev from the pod template, or from the Namespace"}
	UnknownRevision = &analysis.Definition{Reason: "UnknownRevision", Severity: outcome.Error, Effect: outcome.Bare,
		Message: "no istiod in the manifests has the revision that the pod asks for, so nobody injects the pod",
		Remedy:  "name a revision that is installed"}
	NoDefaultRevision = &analysis.Definition{Reason: "NoDefaultRevision", Severity: outcome.Error, Effect: outcome.Bare,
		Message: "the istiod in the manifests has a revision that is not the default, so it does not inject this pod",
		Remedy:  "set spec.revision (--revision), or install a tag named default"}
	PodSecurity = &analysis.Definition{Reason: "PodSecurity", Severity: outcome.Warning,
		Message: "the Namespace enforces a pod security level that refuses istio-init, unless Istio's CNI plugin replaces it",
		Remedy:  "install istio-cni"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Revision, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{RevisionIgnored, UnknownRevision, NoDefaultRevision, PodSecurity}, Run: findRevision})

// findRevision compares the revision of the pod with that of its namespace, and with the revisions of istiod in the streams. It also
// checks whether the namespace allows istio-init.
func findRevision(p *analysis.FinalPod) {
	revision, pod := p.Revision(), p.FinalLabel(keys.Revision)
	if pod != "" && pod != revision {
		p.ReportLabel(RevisionIgnored, keys.Revision, "the namespace's is "+revision)
	}
	if len(p.Facts.Injectors) > 0 && !p.Facts.HasWebhook(revision) && p.Injector() == nil {
		reason := UnknownRevision
		if revision == mesh.DefaultRevision {
			reason = NoDefaultRevision
		}
		p.ReportLabel(reason, keys.Revision, revision)
	}
	if needsInit(p) && slices.Contains([]string{"baseline", "restricted"}, p.Namespace().PodSecurity) {
		p.Report(PodSecurity, p.NamespaceNode(), "metadata.namespace")
	}
}

// needsInit says whether the injector adds istio-init, which redirects the pod's traffic. It does not for a gateway, or if Istio's
// CNI plugin redirects the traffic.
func needsInit(p *analysis.FinalPod) bool {
	injector := p.Injector()
	return !p.IsFinalGateway() && (injector == nil || !injector.CNI)
}
