package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// The order has a step for what there is to do, and none where no mutual TLS is required.
func TestOrder(t *testing.T) {
	ref := func(kind, name string) manifest.ResourceRef { return manifest.ResourceRef{Kind: kind, Name: name} }
	pod := func(name string, reason outcome.Reason, findings ...outcome.Finding) outcome.Pod {
		return outcome.Pod{Resource: ref("Deployment", name), Outcome: reason, Role: outcome.Sidecar, Verdict: outcome.SPIRE, Findings: findings}
	}
	policy := outcome.Object{Resource: ref("PeerAuthentication", "a"), Outcome: outcome.Added}
	strict := pod("a", outcome.Enrolled)
	strict.MutualTLS = "STRICT"
	for _, c := range []struct {
		name string
		out  outcome.Outcome
		want []string
	}{
		{"no mutual TLS", outcome.Outcome{Pods: []outcome.Pod{pod("a", outcome.Enrolled)}}, nil},
		{"a workload", outcome.Outcome{Pods: []outcome.Pod{pod("a", outcome.Enrolled)}, Objects: []outcome.Object{policy}}, []string{
			"apply Deployment a without --peer-authentication: with a proxy they serve mutual TLS and plain text",
			"wait until all pods are ready: their proxies have identities then",
			"apply PeerAuthentication a"}},
		{"a workload that a PeerAuthentication of the user's names", outcome.Outcome{Pods: []outcome.Pod{strict, pod("b", outcome.Enrolled)}}, []string{
			"apply Deployment a, Deployment b, while no PeerAuthentication requires mutual TLS of them: with a proxy they serve that and plain text (PERMISSIVE)",
			"wait until all pods are ready: their proxies have identities then",
			"apply the PeerAuthentications that require mutual TLS of Deployment a"}},
		{"everything", outcome.Outcome{
			Pods: []outcome.Pod{pod("a", outcome.NotEnrolled), pod("b", outcome.AlreadyEnrolled, outcome.Finding{Reason: "RestartNeeded"}),
				pod("c", outcome.AlreadyEnrolled, outcome.Finding{Reason: "ScraperCutOff"}), pod("d", outcome.AlreadyEnrolled, outcome.Finding{Reason: "OutsideCutOff", Accepted: true}),
				pod("1", outcome.Enrolled), pod("2", outcome.Enrolled), pod("3", outcome.Enrolled), pod("4", outcome.Enrolled), pod("5", outcome.Enrolled), pod("6", outcome.Enrolled)},
			Objects: []outcome.Object{{Resource: ref("PeerAuthentication", "a"), Outcome: outcome.Missing}, {Resource: ref("ConfigMap", "istio"), Outcome: outcome.Patched},
				{Resource: ref("ClusterSPIFFEID", "enmesh"), Outcome: outcome.Added}},
		}, []string{
			"apply ConfigMap istio: the injector refuses pods that ask for a template which it does not have",
			"apply ClusterSPIFFEID enmesh: SPIRE registers the pods by it",
			"apply Deployment a, Deployment 1, Deployment 2, Deployment 3, Deployment 4 and 2 more without --peer-authentication: with a proxy they serve mutual TLS and plain text",
			"restart Deployment b, whose pods run without SPIRE's socket",
			"wait until all pods are ready: their proxies have identities then",
			"see to the clients that would be cut off: the findings of Deployment c name them",
			"apply PeerAuthentication a"}},
	} {
		require.Equal(t, c.want, report.New(&c.out, nil).Order, c.name)
	}
}
