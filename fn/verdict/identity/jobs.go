package identity

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	JobNeverCompletes = &analysis.Definition{Reason: "JobNeverCompletes", Severity: outcome.Warning,
		Message: "without a native sidecar the job never completes, because the proxy keeps running",
		Remedy:  "set the annotation sidecar.istio.io/nativeSidecar to 'true'"}
	JobImmutable = &analysis.Definition{Reason: "JobImmutable", Severity: outcome.Warning,
		Message: "the pod template of a job is immutable, so an upgrade fails if the job already exists in the cluster",
		Remedy:  "delete the job before the upgrade, or rename it"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Jobs, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{JobNeverCompletes}, Run: findKeptNativeSidecar})

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Jobs, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{JobNeverCompletes, JobImmutable}, Run: findJob})

// findJob looks at the pods of jobs, which must complete.
func findJob(p *analysis.FinalPod) {
	if !p.IsJob() || p.IsFinalGateway() {
		return
	}
	if native := p.FinalNativeSidecar(); native == nil || yamledit.Text(native) == "false" && !p.IsSelected() {
		p.ReportAnnotation(JobNeverCompletes, keys.NativeSidecar)
	}
	if p.Ref.Kind == "Job" && p.Decided.Outcome == outcome.Enrolled && p.Annotation(keys.HelmHook) == "" && yamledit.Lookup(p.Node, "metadata", "name") != nil {
		p.Report(JobImmutable, p.Template, p.Field)
	}
}

// findKeptNativeSidecar looks for jobs that disable the native sidecar.
func findKeptNativeSidecar(p *analysis.FinalPod) {
	for _, kept := range p.Kept {
		if kept.Name == keys.NativeSidecar {
			p.Report(JobNeverCompletes, kept.Node, kept.Field)
		}
	}
}
