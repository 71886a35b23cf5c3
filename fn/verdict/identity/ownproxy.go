package identity

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var OwnProxy = &analysis.Definition{Reason: "OwnProxy", Severity: outcome.Warning, Effect: outcome.IstiodCA,
	Message: "the pod brings its own istio-proxy, which the injector leaves as it is, so its identity comes from istiod's CA",
	Remedy:  "let the injector add the proxy, or mount SPIRE's socket into it"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Outside, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{OwnProxy}, Order: 2, Run: findOwnProxy})

// findOwnProxy looks for pods that are not injected and run a proxy all the same: those of Istio's older gateway charts, and those that
// `istioctl kube-inject` wrote. Istio's agent runs a proxy if its first argument is proxy, and the second says of which kind.
func findOwnProxy(p *analysis.FinalPod) {
	proxy, field := p.Proxy()
	image := yamledit.Text(yamledit.Lookup(proxy, "image"))
	if p.NotInjected == "" || image == "" || image == "auto" || !slices.ContainsFunc(yamledit.Items(yamledit.Lookup(proxy, "args")), isProxyKind) {
		return
	}
	if !p.OwnSocketVolume().Sources["csi"] || !analysis.MountsSocket(proxy) {
		p.Report(OwnProxy, proxy, field)
	}
}

func isProxyKind(argument *yaml.Node) bool {
	return slices.Contains([]string{"sidecar", "router"}, yamledit.Text(argument))
}
