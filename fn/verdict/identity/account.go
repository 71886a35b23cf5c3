package identity

import (
	"cmp"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var DefaultServiceAccount = &analysis.Definition{Reason: "DefaultServiceAccount", Severity: outcome.Info,
	Message: "the pod uses the namespace's default service account, so other pods share its identity",
	Remedy:  "set serviceAccountName in the pod spec"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Identity, Stage: analysis.ProxiedPods,
	Findings: []*analysis.Definition{DefaultServiceAccount}, Order: 1, Run: findAccount})

// findAccount looks for pods without a service account of their own, because the identity is that of the service account.
func findAccount(p *analysis.FinalPod) {
	if account, known := p.ServiceAccount(); known && account == "default" && p.IsSelected() {
		field, at := p.ServiceAccountField()
		p.Report(DefaultServiceAccount, cmp.Or(at, p.Spec()), field)
	}
}
