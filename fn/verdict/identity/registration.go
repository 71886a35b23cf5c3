package identity

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	RegistrationIgnored = &analysis.Definition{Reason: "RegistrationIgnored", Severity: outcome.Warning,
		Message: "SPIRE's controller manager ignores the namespace, so the proxy never gets an identity",
		Remedy:  "move the workload to another namespace, or exclude it"}
	ClusterSPIFFEIDOverlap = &analysis.Definition{Reason: "ClusterSPIFFEIDOverlap", Severity: outcome.Warning,
		Message: "more than one ClusterSPIFFEID selects the pod, so the identity that the proxy takes is not defined",
		Remedy:  "make one of them select other pods, or mark it as fallback"}
	NoClusterSPIFFEID = &analysis.Definition{Reason: "NoClusterSPIFFEID", Severity: outcome.Warning,
		Message: "none of the ClusterSPIFFEIDs in the manifests selects the pod, so SPIRE issues no identity and the proxy never becomes ready",
		Remedy:  "have one of them select the managed-identity label, or set spec.clusterSPIFFEID"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Identity, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{RegistrationIgnored, ClusterSPIFFEIDOverlap, NoClusterSPIFFEID}, Order: 2, Run: findRegistration})

// findRegistration checks whether SPIRE registers the pod. If the streams have no ClusterSPIFFEIDs, the cluster may have some. If
// they have some, it assumes that there are no others.
func findRegistration(p *analysis.FinalPod) {
	if !p.IsSelected() || p.ReasonFor(outcome.Refused) != "" || p.ReasonFor(outcome.IstiodCA) != "" {
		return
	}
	if p.Facts.IgnoresNamespace(p.Ref.Namespace) {
		p.Report(RegistrationIgnored, p.NamespaceNode(), "metadata.namespace", p.Ref.Namespace)
		return
	}
	if !p.Facts.HasRegistrations() {
		return
	}
	certain, possible, _ := p.Registration()
	switch label := p.Config().IdentityLabel.Key; {
	case len(certain) > 1:
		p.ReportLabel(ClusterSPIFFEIDOverlap, label, certain...)
	case len(certain)+len(possible) == 0:
		p.ReportLabel(NoClusterSPIFFEID, label)
	}
}
