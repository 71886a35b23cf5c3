package identity

import (
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var IstiodFallback = &analysis.Definition{Reason: "IstiodFallback", Severity: outcome.Info,
	Message: "if SPIRE's socket is missing when the proxy starts, the proxy silently takes an identity from istiod's CA, because it can write to the socket's directory",
	Remedy:  "use the CSI driver, whose volume is read-only, or set spec.workloadSocket.file (--workload-socket-file) to a name other than socket"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Socket, Stage: analysis.JudgedPods,
	Findings: []*analysis.Definition{IstiodFallback}, Run: findFallback})

// findFallback looks for pods that get their identity from SPIRE, but can fall back to istiod's CA. Istio's agent serves its own
// certificates if it finds no socket and can create one. In the CSI driver's volume, which is read-only, it cannot: the proxy then
// gets no certificate at all.
func findFallback(p *analysis.FinalPod) {
	if p.Decided.Verdict != outcome.SPIRE || p.SocketVolume().Sources["csi"] {
		return
	}
	if file := p.FinalSocketFile(); file == "" || file == mesh.DefaultSocketFile {
		p.Report(IstiodFallback, nil, "")
	}
}
