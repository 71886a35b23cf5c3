package identity

import (
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	CustomKind = &analysis.Definition{Reason: "CustomKind", Severity: outcome.Info,
		Message: "an operator creates the pod from this object, and may not pass on all labels and annotations",
		Remedy:  "check the pod that the operator creates"}
	MeshItself = &analysis.Definition{Reason: "MeshItself", Severity: outcome.Warning,
		Message: "the pod is a part of the mesh itself, which must run before anything joins it",
		Remedy:  "exclude the workload"}
	WindowsNode = &analysis.Definition{Reason: "WindowsNode", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "Istio's proxy does not run on Windows",
		Remedy:  "exclude the workload"}
	SandboxedRuntime = &analysis.Definition{Reason: "SandboxedRuntime", Severity: outcome.Warning,
		Message: "SPIRE's agent may not see the processes in this runtime, and then issues no identity",
		Remedy:  "use the node's default runtime"}
	SharedProcessNamespace = &analysis.Definition{Reason: "SharedProcessNamespace", Severity: outcome.Info,
		Message: "the containers share their processes, so SPIRE's agent may mistake one for another",
		Remedy:  "remove shareProcessNamespace"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Node, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{CustomKind, MeshItself}, Order: 1, Run: findOrigin})

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Node, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{WindowsNode, SandboxedRuntime, SharedProcessNamespace}, Order: 2, Run: findHost})

// findOrigin looks at the kind of the pod, and at whether it is a part of the mesh.
func findOrigin(p *analysis.FinalPod) {
	if p.Kind.IsCustom {
		p.Report(CustomKind, p.Node, "")
	}
	if shows, field := mesh.Component(p.PodTemplate); shows != nil && p.IsSelected() {
		p.Report(MeshItself, shows, field)
	}
}

// findHost looks at what the pod requires from its node.
func findHost(p *analysis.FinalPod) {
	spec := p.Spec()
	if yamledit.Text(yamledit.Lookup(spec, "os", "name")) == "windows" {
		p.ReportSpec(WindowsNode, "os.name")
	} else if at := yamledit.Lookup(spec, "nodeSelector", "kubernetes.io/os"); yamledit.Text(at) == "windows" {
		p.Report(WindowsNode, at, fieldpath.Key(fieldpath.Join(p.SpecField(), "nodeSelector"), "kubernetes.io/os"))
	}
	if runtime := yamledit.Text(yamledit.Lookup(spec, "runtimeClassName")); sandboxes().MatchString(runtime) {
		p.ReportSpec(SandboxedRuntime, "runtimeClassName", runtime)
	}
	if yamledit.Text(yamledit.Lookup(spec, "shareProcessNamespace")) == "true" {
		p.ReportSpec(SharedProcessNamespace, "shareProcessNamespace")
	}
}

// sandboxes matches runtimes in which an agent on the node does not see the processes that it must attest.
var sandboxes = pattern.Lazy(`(?i)gvisor|runsc|kata`)
