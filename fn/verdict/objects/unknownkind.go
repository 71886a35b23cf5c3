package objects

import (
	"cmp"
	"fmt"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var UnknownKind = &analysis.Definition{Reason: "UnknownKind", Severity: outcome.Warning,
	Message: "the object seems to hold pods, but enmesh does not know its kind, so they are not enrolled",
	Remedy:  "add the row to spec.podTemplates, or exclude the object"}

var _ = analysis.RegisterUnknownPodAnalyzer(analysis.UnknownPodAnalyzer{Subject: analysis.Selection,
	Findings: []*analysis.Definition{UnknownKind}, Run: findUnknownKind})

// findUnknownKind reports what looks like a pod template that would be enrolled.
func findUnknownKind(p *analysis.UnknownPod) {
	if p.Kind.Drops != "" {
		return
	}
	row := p.Kind.PodTemplate
	p.Report(UnknownKind, p.Field, fmt.Sprintf("{group: %s, version: %s, kind: %s, path: '%s'}", cmp.Or(row.Group, `""`), row.Version, row.Kind, row.Path))
}
