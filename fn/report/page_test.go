package report_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// crowd has a pod for each group of servers, and more outside the mesh than a flowchart lists.
func crowd() *outcome.Outcome {
	pod := func(name string, verdict outcome.Verdict, mode string) outcome.Pod {
		return outcome.Pod{Resource: manifest.ResourceRef{Kind: "Pod", Name: name}, Verdict: verdict, MutualTLS: mode, Outcome: outcome.Enrolled, Role: outcome.Sidecar}
	}
	gateway := pod("in", outcome.SPIRE, "STRICT")
	gateway.Role = outcome.Gateway
	ports := pod("ports", outcome.SPIRE, "PERMISSIVE")
	ports.MutualTLSPorts = map[string]string{"80": "DISABLE", "443": "STRICT"}
	pods := []outcome.Pod{gateway, pod("strict", outcome.IstiodCA, "STRICT"), ports, pod("unsaid", outcome.SPIRE, ""), pod("disabled", outcome.SPIRE, "DISABLE"), pod("a[b]", outcome.Refused, "")}
	webhook := manifest.ResourceRef{Kind: "ValidatingWebhookConfiguration", Name: "check"}
	route := manifest.ResourceRef{Kind: "VirtualService", Name: "route"}
	const identity = "spiffe://x.org/ns/a/sa/in"
	pods[1].ReachedBy = []outcome.Caller{{Caller: "API server", By: webhook, Port: "8443", Mode: "STRICT", Refused: true},
		{Caller: "gateway of the mesh", By: route, Identity: identity}}
	pods[2].ReachedBy = []outcome.Caller{{Caller: "API server", By: webhook, Port: "80", Mode: "DISABLE"},
		{Caller: "gateway of the mesh", By: route, Identity: identity, Refused: true}}
	for i := range 14 {
		pods = append(pods, pod(fmt.Sprint("out-", i), outcome.Bare, ""))
	}
	return &outcome.Outcome{Pods: pods, Objects: []outcome.Object{{Resource: manifest.ResourceRef{Kind: "Service", Name: "a_b"}, Message: "changed"}}}
}

// Each finding of a pod is a result, and does not end them.
func TestFindingsAmongResults(t *testing.T) {
	o := crowd()
	o.Pods[0].Findings = []outcome.Finding{{Reason: "A", Severity: outcome.Warning}, {Reason: "B", Severity: outcome.Info}, {Reason: "C", Severity: outcome.Error}}
	results := 0
	for range report.Results(o) {
		results++
	}
	require.Equal(t, len(o.Pods)+2+len(o.Objects), results)
	for stop := range results {
		seen := 0
		for range report.Results(o) {
			if seen++; seen > stop {
				break
			}
		}
		require.Equal(t, stop+1, seen)
	}
}

// A page shows who reaches whom, the pods and the findings.
func TestPages(t *testing.T) {
	for name, page := range map[string]report.Report{"two": report.New(out, errors.New("an <error>")), "crowd": report.New(crowd(), nil)} {
		text, err := page.Markdown()
		require.NoError(t, err)
		want, err := os.ReadFile("testdata/" + name + ".md")
		require.NoError(t, err)
		require.Equal(t, string(want), string(text))
		require.False(t, strings.HasSuffix(string(text), "\n\n"))
	}
}
