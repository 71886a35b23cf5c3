package injection

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var AlreadyInjected = &analysis.Definition{Reason: "AlreadyInjected", Severity: outcome.Warning,
	Message: "the pod has the annotation that the injector writes, so the manifest was probably copied from a cluster",
	Remedy:  "remove sidecar.istio.io/status, and Istio's containers and volumes, from the manifest"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Labels, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{AlreadyInjected}, Order: 4, Run: findStatus})

// findStatus looks for the annotation that the injector writes.
func findStatus(p *analysis.FinalPod) {
	if p.PodAnnotation(keys.InjectionStatus) != nil {
		p.ReportAnnotation(AlreadyInjected, keys.InjectionStatus)
	}
}
