package injection

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	BootstrapOverride = &analysis.Definition{Reason: "BootstrapOverride", Severity: outcome.Warning,
		Message: "the proxy starts with a custom bootstrap, and asks for no identity if that lacks the cluster sds-grpc",
		Remedy:  "remove sidecar.istio.io/bootstrapOverride"}
	HoldApplication = &analysis.Definition{Reason: "HoldApplication", Severity: outcome.Warning,
		Message: "while the application waits for the proxy, SPIRE's agent does not see all containers of the pod and may find no identity for it",
		Remedy:  "set disable_container_selectors in SPIRE's agent, or remove holdApplicationUntilProxyStarts"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.ProxySettings, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{BootstrapOverride, HoldApplication}, Order: 4, Run: findStartUp})

// findStartUp looks at how the proxy starts.
func findStartUp(p *analysis.FinalPod) {
	if p.PodAnnotation(keys.BootstrapOverride) != nil {
		p.ReportAnnotation(BootstrapOverride, keys.BootstrapOverride)
	}
	if config, _ := p.ProxyConfig(); yamledit.Text(yamledit.Lookup(config, "holdApplicationUntilProxyStarts")) == "true" {
		p.ReportAnnotation(HoldApplication, keys.ProxyConfig)
	}
}
