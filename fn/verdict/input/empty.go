package input

import (
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var NoObjects = &analysis.Definition{Reason: "NoObjects", Severity: outcome.Error,
	Message: "there is no object to check: the input is empty, or has comments only",
	Remedy:  "look for the error of the command that renders the manifests"}

var _ = analysis.RegisterInputAnalyzer(analysis.InputAnalyzer{Subject: analysis.Selection,
	Findings: []*analysis.Definition{NoObjects}, Run: findEmpty})

// findEmpty looks for streams without an object, in a check only: Helm hands over nothing for a chart that renders to nothing.
func findEmpty(in *analysis.Input) {
	if in.Config().Mode != config.Check {
		return
	}
	for _, name := range in.Empty {
		in.Report(NoObjects, "", name)
	}
}
