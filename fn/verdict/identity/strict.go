package identity

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	SelectorInRootNamespace = &analysis.Definition{Reason: "SelectorInRootNamespace", Severity: outcome.Warning,
		Message: "Istio ignores a PeerAuthentication with a selector in its root namespace, so mutual TLS cannot be required for single workloads there",
		Remedy:  "move the workload to another namespace, or require mutual TLS for the whole mesh"}
	StrictWithheld = &analysis.Definition{Reason: "StrictWithheld", Severity: outcome.Warning,
		Message: "no PeerAuthentication is added, because the pod does not join the mesh and its clients would be cut off",
		Remedy:  "fix what keeps the pod outside the mesh, or exclude the workload"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.MutualTLS, Stage: analysis.JudgedPods,
	Findings: []*analysis.Definition{SelectorInRootNamespace, StrictWithheld}, Run: findGate})

// findGate reports why no PeerAuthentication is added for a pod, although the configuration asks for one.
func findGate(p *analysis.FinalPod) {
	_, gate := p.PeerAuthentication()
	switch gate {
	case enroll.RootNamespace:
		p.Report(SelectorInRootNamespace, p.NamespaceNode(), "metadata.namespace")
	case enroll.OutsideMesh:
		why := p.Decided.VerdictReason
		p.ReportWhere(StrictWithheld, why, string(why))
	}
}
