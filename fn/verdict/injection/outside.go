package injection

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	HostNetwork = &analysis.Definition{Reason: outcome.HostNetwork, Severity: outcome.Warning, Effect: outcome.Bare,
		Message: "Istio never injects a pod on the host's network, so the pod stays outside the mesh",
		Remedy:  "remove hostNetwork, or exclude the workload"}
	IgnoredNamespace = &analysis.Definition{Reason: outcome.IgnoredNamespace, Severity: outcome.Warning, Effect: outcome.Bare,
		Message: "Istio never injects pods in this namespace, so the pod stays outside the mesh",
		Remedy:  "move the workload to another namespace, or exclude it"}
	NamespaceInjectionDisabled = &analysis.Definition{Reason: outcome.NamespaceInjectionDisabled, Severity: outcome.Warning, Effect: outcome.Bare,
		Message: "the pod's Namespace disables injection, so the pod stays outside the mesh",
		Remedy:  "remove the label istio-injection from the Namespace, or exclude the workload"}
	SocketVolumeInUse = &analysis.Definition{Reason: outcome.SocketVolumeInUse, Severity: outcome.Error,
		Message: "the application mounts a volume of its own that is called workload-socket, the name of the proxy's volume for SPIRE's socket, so the pod is left as it is",
		Remedy:  "give the application's volume another name, or make it a csi volume of the SPIFFE driver"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Outside, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{HostNetwork, IgnoredNamespace, NamespaceInjectionDisabled, SocketVolumeInUse}, Order: 1, Run: findOutside})

// findOutside reports what keeps a selected pod outside the mesh, even if it has all mesh settings.
func findOutside(p *analysis.FinalPod) {
	namespace, field := p.NamespaceNode(), "metadata.namespace"
	if namespace == nil {
		namespace, field = p.Node, ""
	}
	switch p.Decided.Outcome {
	case outcome.HostNetwork:
		p.ReportSpec(HostNetwork, "hostNetwork")
	case outcome.IgnoredNamespace:
		p.Report(IgnoredNamespace, namespace, field)
	case outcome.NamespaceInjectionDisabled:
		p.Report(NamespaceInjectionDisabled, namespace, field)
	case outcome.SocketVolumeInUse:
		p.Report(SocketVolumeInUse, p.Volume(keys.SocketVolume), p.VolumeField(keys.SocketVolume))
	}
}

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
