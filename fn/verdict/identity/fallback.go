package identity

import (
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var IstiodFallback = &analysis.Definition{Reason: "IstiodFallback", Severity: outcome.Info,
	Message: "if SPIRE's socket is missing when the proxy starts, the proxy silently takes an identity from istiod's CA",
	Remedy:  "set spec.workloadSocket.file (--workload-socket-file) to a name other than socket"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Socket, Stage: analysis.JudgedPods,
	Findings: []*analysis.Definition{IstiodFallback}, Run: findFallback})

// findFallback looks for pods that get their identity from SPIRE, but can fall back to istiod's CA.
func findFallback(p *analysis.FinalPod) {
	if p.Decided.Verdict != outcome.SPIRE {
		return
	}
	if file := p.FinalSocketFile(); (file == "" || file == mesh.DefaultSocketFile) && p.Decided.Reason.IsEnrolled() {
		p.Report(IstiodFallback, nil, "")
	}
}
