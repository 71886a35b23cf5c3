package objects

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var OperatorDropsMetadata = &analysis.Definition{Reason: "OperatorDropsMetadata", Severity: outcome.Warning,
	Message: "the operator does not give these pods the labels and annotations that enroll them, whatever the object says",
	Remedy:  "enroll the pods when they are created: enmesh --export mutating-admission-policy"}

var _ = analysis.RegisterUnknownPodAnalyzer(analysis.UnknownPodAnalyzer{Subject: analysis.Node,
	Findings: []*analysis.Definition{OperatorDropsMetadata}, Run: findDroppedMetadata})

// findDroppedMetadata reports pods that only the API server can enroll.
func findDroppedMetadata(p *analysis.UnknownPod) {
	if p.Kind.Drops != "" {
		p.Report(OperatorDropsMetadata, p.Field, p.Kind.Drops)
	}
}
