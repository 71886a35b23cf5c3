package injection

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var ImageAuto = &analysis.Definition{Reason: "ImageAuto", Severity: outcome.Warning, Effect: outcome.Refused, Admitted: true,
	Message: "the injector does not replace the image auto in this pod, so the image cannot be pulled and the pod never starts",
	Remedy:  "enroll the pod"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Labels, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{ImageAuto}, Order: 3, Run: findAutoImage})

// findAutoImage looks for the image auto in pods that are not injected. Only the injector replaces it with a real image.
func findAutoImage(p *analysis.FinalPod) {
	if p.NotInjected != "" {
		findAutoImages(p)
	}
}

func findAutoImages(p *analysis.FinalPod) {
	p.EachContainer(func(container *yaml.Node, field string) {
		if image := yamledit.Lookup(container, "image"); yamledit.Text(image) == "auto" {
			p.Report(ImageAuto, image, fieldpath.Join(field, "image"))
		}
	})
}
