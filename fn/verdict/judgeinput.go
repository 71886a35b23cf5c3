package verdict

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// JudgeInput returns the findings about the input as a whole. Call it after all pods are decided about.
func JudgeInput(in analysis.Input) []outcome.Finding {
	for _, a := range analysis.InputAnalyzers() {
		a.Run(&in)
	}
	findings := in.Findings()
	for i := range findings {
		findings[i].Accepted = in.Enroller.Accepts(findings[i].Reason, nil)
	}
	return findings
}
