package injection

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var SomePodsOutside = &analysis.Definition{Reason: "SomePodsOutside", Severity: outcome.Warning, Effect: outcome.Bare,
	Message: "a template inside of the object keeps some of its pods outside the mesh",
	Remedy:  "take the setting out of the inner template, or exclude the object"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Outside, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{SomePodsOutside}, Order: 1, Run: findInner})

// findInner looks at the inner templates of the pods for what overrides the settings that all pods get.
func findInner(p *analysis.FinalPod) {
	for _, t := range p.InnerTemplates() {
		if at, field := t.Setting(keys.Inject); at != nil && yamledit.Text(at) != "true" {
			p.Report(SomePodsOutside, at, field)
		}
		if at, field := t.HostNetwork(); at != nil {
			p.Report(SomePodsOutside, at, field)
		}
	}
}
