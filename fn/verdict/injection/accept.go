package injection

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var AcceptUnknown = &analysis.Definition{Reason: "AcceptUnknown", Severity: outcome.Warning,
	Message: "the annotation enmesh.dev/accept names a reason that does not exist, so it accepts nothing",
	Remedy:  "correct the reason: enmesh explain REASON knows it"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Labels, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{AcceptUnknown}, Order: 5, Run: findUnknownAccepted})

// findUnknownAccepted looks for reasons that are misspelt.
func findUnknownAccepted(p *analysis.FinalPod) {
	for _, reason := range enroll.AcceptedByPod(p.PodTemplate) {
		if analysis.IsReason(reason) {
			continue
		}
		at, field := p.PodAnnotation(keys.Accept), p.AnnotationField(keys.Accept)
		if at == nil {
			at, field = yamledit.Lookup(p.Node, "metadata", "annotations", keys.Accept), "metadata.annotations["+keys.Accept+"]"
		}
		p.Report(AcceptUnknown, at, field, string(reason))
	}
}
