package input

import (
	"cmp"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	TargetMatchesNothing = &analysis.Definition{Reason: "TargetMatchesNothing", Severity: outcome.Error,
		Message: "no workload in the input matches this selector",
		Remedy:  "correct the selector: labels match as in kubectl, and names and kinds are whole regular expressions, in the right case"}
	NothingSelected = &analysis.Definition{Reason: "NothingSelected", Severity: outcome.Warning,
		Message: "no pod is selected",
		Remedy:  "select all (--all) or by labels (--selector), or mark pods with the annotation enmesh.dev/enroll: 'true'"}
)

var _ = analysis.RegisterInputAnalyzer(analysis.InputAnalyzer{Subject: analysis.Selection,
	Findings: []*analysis.Definition{TargetMatchesNothing, NothingSelected}, Run: findSelection})

// findSelection looks for targets that match nothing, which are probably misspelt, and for pods of which none is selected.
func findSelection(in *analysis.Input) {
	spec := in.Config()
	for _, i := range in.Unmatched {
		in.Report(TargetMatchesNothing, fieldpath.Index("spec.targets", i), describe(spec.Targets[i]))
	}
	if in.Pods > 0 && in.Selected == 0 && !spec.All && len(spec.Targets) == 0 && spec.Mode != config.Unenroll {
		in.Report(NothingSelected, "")
	}
}

// describe names what a target asks for.
func describe(target config.Selector) string {
	var parts []string
	for _, part := range [][2]string{{"group", target.Group}, {"version", target.Version}, {"kind", target.Kind}, {"name", target.Name},
		{"namespace", target.Namespace}, {"labels", target.LabelSelector}, {"annotations", target.AnnotationSelector}} {
		if part[1] != "" {
			parts = append(parts, part[0]+" "+part[1])
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "anything")
}
