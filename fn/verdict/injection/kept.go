package injection

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	RevisionDiffers = &analysis.Definition{Reason: "RevisionDiffers", Severity: outcome.Warning,
		Message: "the pod names another revision than the configured one, and keeps it",
		Remedy:  "remove the label istio.io/rev from the pod template"}
	SocketFileDiffers = &analysis.Definition{Reason: "SocketFileDiffers", Severity: outcome.Warning,
		Message: "the pod sets another workload socket file than the configured one, and keeps it",
		Remedy:  "remove WORKLOAD_IDENTITY_SOCKET_FILE from the annotation proxy.istio.io/config, or from the pod's own istio-proxy container"}
	LabelInSelector = &analysis.Definition{Reason: "LabelInSelector", Severity: outcome.Warning,
		Message: "the workload's selector asks for this mesh label, so the label stays, and the pod may still be injected or registered",
		Remedy:  "take the label out of the selector; the selector of most workloads can be changed only by creating them anew"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Kept, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{RevisionDiffers, SocketFileDiffers}, Run: findKept})

// findKept reports the settings that enrollment does not change, although the configuration has other values.
func findKept(p *analysis.FinalPod) {
	for _, kept := range p.Kept {
		switch kept.Name {
		case keys.Revision:
			p.Report(RevisionDiffers, kept.Node, kept.Field)
		case keys.SocketFileEnv:
			p.Report(SocketFileDiffers, kept.Node, kept.Field)
		}
	}
}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Kept, Stage: analysis.UnenrolledPods,
	Findings: []*analysis.Definition{LabelInSelector}, Run: findInSelector})

// findInSelector reports the labels that stay when a pod is unenrolled.
func findInSelector(p *analysis.FinalPod) {
	for _, kept := range p.Kept {
		p.Report(LabelInSelector, kept.Node, kept.Field)
	}
}
