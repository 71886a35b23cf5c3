package identity

import (
	"fmt"
	"strings"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	NoServiceAccount = &analysis.Definition{Reason: "NoServiceAccount", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "neither the manifests nor the cluster have the service account of the pod, so the API server refuses the pod",
		Remedy:  "create the service account, or correct serviceAccountName"}
	RestartNeeded = &analysis.Definition{Reason: "RestartNeeded", Severity: outcome.Warning,
		Message: "pods of the workload run that have no proxy with SPIRE's socket, and applying what is enrolled already does not replace them",
		Remedy:  "restart the workload"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Cluster, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{NoServiceAccount}, Run: findMissingAccount})

// findMissingAccount looks for the service account of the pod. The default one exists in each namespace.
func findMissingAccount(p *analysis.FinalPod) {
	account, known := p.ServiceAccount()
	if known && account != "default" && !p.MakesServiceAccount() && p.Facts.LacksServiceAccount(p.Ref.Namespace, account) {
		field, at := p.ServiceAccountField()
		p.Report(NoServiceAccount, at, field, account)
	}
}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Cluster, Stage: analysis.JudgedPods,
	Findings: []*analysis.Definition{RestartNeeded}, Run: findRestart})

// findRestart looks for running pods of a workload that is enrolled already: a pod keeps what it was created with.
func findRestart(p *analysis.FinalPod) {
	if p.Decided.Outcome != outcome.AlreadyEnrolled || p.Decided.Verdict != outcome.SPIRE || !p.IsWorkload() || p.IsJob() || p.IsMade { // istiod itself replaces those that it makes
		return
	}
	selector := manifest.NewLabels(p.Selector(p.Config().IdentityLabel.Key))
	if n := p.Facts.LiveWithoutSocket(p.Ref.Namespace, selector); n > 0 {
		p.Report(RestartNeeded, nil, "", fmt.Sprintf("%d of them; kubectl rollout restart %s/%s -n %s", n, strings.ToLower(p.Ref.Kind), p.Ref.Name, p.Ref.Namespace))
	}
}
