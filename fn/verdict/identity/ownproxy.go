package identity

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var OwnProxy = &analysis.Definition{Reason: "OwnProxy", Severity: outcome.Warning, Effect: outcome.IstiodCA,
	Message: "the pod brings its own istio-proxy, which the injector leaves as it is, so its identity comes from istiod's CA",
	Remedy:  "let the injector add the proxy, or mount SPIRE's socket into it"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Outside, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{OwnProxy}, Order: 2, Run: findOwnProxy})

// findOwnProxy looks at pods that are not injected and bring a proxy: without SPIRE's socket, istiod signs its certificate.
func findOwnProxy(p *analysis.FinalPod) {
	if proxy, field := p.Proxy(); p.BringsProxy() && !p.IsMade && (!p.OwnSocketVolume().Sources["csi"] || !analysis.MountsSocket(proxy)) {
		p.Report(OwnProxy, proxy, field)
	}
}
