package injection

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Findings about labels and annotations in the wrong place, or that Istio ignores.
var (
	MarkOnWorkload = &analysis.Definition{Reason: "MarkOnWorkload", Severity: outcome.Warning,
		Message: "this mesh setting has no effect on the workload: Istio and SPIRE read the pod's metadata",
		Remedy:  "move it to the pod template"}
	InjectConflict = &analysis.Definition{Reason: "InjectConflict", Severity: outcome.Warning,
		Message: "the label and the annotation sidecar.istio.io/inject disagree, and the label wins",
		Remedy:  "remove the annotation"}
	AnnotationOnly = &analysis.Definition{Reason: "AnnotationOnly", Severity: outcome.Warning,
		Message: "the webhooks ignore the annotation sidecar.istio.io/inject, so nothing injects the pod",
		Remedy:  "set it as a label on the pod template"}
	InjectValue = &analysis.Definition{Reason: "InjectValue", Severity: outcome.Warning,
		Message: "Istio ignores the label sidecar.istio.io/inject unless its value is 'true' or 'false'",
		Remedy:  "set it to 'true' or 'false'"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Labels, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{MarkOnWorkload, InjectConflict, AnnotationOnly, InjectValue}, Order: 1, Run: findMarks})

// findMarks looks for labels and annotations that have no effect. It skips a pod that opts out.
func findMarks(p *analysis.FinalPod) {
	if p.NotInjected == outcome.OptedOut {
		return
	}
	findMisplaced(p)
	inject, annotation := p.FinalLabel(keys.Inject), p.PodAnnotation(keys.Inject)
	switch {
	case inject != "" && annotation != nil && yamledit.Text(annotation) != inject:
		p.ReportAnnotation(InjectConflict, keys.Inject)
	case inject == "" && yamledit.Text(annotation) == "true" && p.NotInjected != "":
		p.ReportAnnotation(AnnotationOnly, keys.Inject)
	}
	if inject != "" && inject != "true" && inject != "false" {
		p.ReportLabel(InjectValue, keys.Inject, inject)
	}
}

// findMisplaced looks at the metadata of the workload, and of the job template of a CronJob.
func findMisplaced(p *analysis.FinalPod) {
	if !p.IsWorkload() {
		return
	}
	above := map[string]*yaml.Node{"metadata": yamledit.Lookup(p.Node, "metadata")}
	if p.Ref.Kind == "CronJob" {
		above["spec.jobTemplate.metadata"] = yamledit.Lookup(p.Node, "spec", "jobTemplate", "metadata")
	}
	for _, field := range []string{"metadata", "spec.jobTemplate.metadata"} {
		for _, name := range []string{keys.Inject, p.Config().IdentityLabel.Key, keys.Revision} {
			if at := yamledit.Lookup(above[field], "labels", name); at != nil && p.PodLabel(name) == nil && (name != keys.Revision || !isIstio(p)) {
				p.Report(MarkOnWorkload, at, fieldpath.Key(fieldpath.Join(field, "labels"), name))
			}
		}
		for _, name := range []string{keys.Templates, keys.ProxyConfig, keys.NativeSidecar} {
			if at := yamledit.Lookup(above[field], "annotations", name); at != nil && p.PodAnnotation(name) == nil {
				p.Report(MarkOnWorkload, at, fieldpath.Key(fieldpath.Join(field, "annotations"), name))
			}
		}
	}
}

// isIstio says whether the workload is part of Istio, which labels its own objects with their revision.
func isIstio(p *analysis.FinalPod) bool {
	return p.Label(keys.IstioComponent) != "" ||
		p.Label(keys.PartOf) == "istio"
}
