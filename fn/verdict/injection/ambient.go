package injection

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var AmbientNamespace = &analysis.Definition{Reason: "AmbientNamespace", Severity: outcome.Info, Effect: outcome.IstiodCA,
	Message: "the pod has no sidecar and is in the ambient mesh, where its identity comes from istiod's CA",
	Remedy:  "enroll the pod, or label it istio.io/dataplane-mode: none"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Outside, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{AmbientNamespace}, Order: 2, Run: findAmbient})

// findAmbient looks for pods in the ambient mesh. Without a sidecar, they still have an identity, but from istiod's CA.
func findAmbient(p *analysis.FinalPod) {
	if p.NotInjected != "" && p.IsAmbient() {
		p.Report(AmbientNamespace, p.NamespaceNode(), "")
	}
}
