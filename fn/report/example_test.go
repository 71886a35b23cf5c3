package report_test

import (
	"errors"
	"fmt"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// out has a pod with an identity, and one that Istio cannot inject.
var out = &outcome.Outcome{Pods: []outcome.Pod{
	{
		Resource: manifest.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "demo", Name: "web"},
		Place:    manifest.Place{Stream: "pods.yaml", Line: 1},
		Outcome:  outcome.Enrolled,
		Message:  "enrolled as a sidecar: spiffe://example.org/ns/demo/sa/web",
		Role:     outcome.Sidecar,
		SPIFFEID: "spiffe://example.org/ns/demo/sa/web",
		Verdict:  outcome.SPIRE,
	},
	{
		Resource:      manifest.ResourceRef{APIVersion: "v1", Kind: "Pod", Namespace: "demo", Name: "host"},
		Place:         manifest.Place{Stream: "pods.yaml", Source: "app/templates/host.yaml", Line: 12},
		Outcome:       outcome.HostNetwork,
		Message:       "Istio never injects it",
		Verdict:       outcome.Bare,
		VerdictReason: outcome.HostNetwork,
		Findings: []outcome.Finding{{Reason: outcome.HostNetwork, Severity: outcome.Warning, Field: "spec.hostNetwork",
			Message: "Istio never injects it", Remedy: "remove hostNetwork"}},
	},
}}

// The table has a line for each pod.
func ExampleReport_Table() {
	table, err := report.New(out, errors.New("the check failed")).Table(false)
	if err != nil {
		panic(err)
	}
	fmt.Print(string(table))
	// Output:
	// error: the check failed
	// POD OF               OUTCOME      VERDICT  ROLE     IDENTITY                             MUTUAL TLS  FINDINGS     PLACE
	// Deployment demo/web  Enrolled     SPIRE    Sidecar  spiffe://example.org/ns/demo/sa/web  -           -            pods.yaml line 1
	// Pod demo/host        HostNetwork  Bare     -        -                                    -           HostNetwork  app/templates/host.yaml (pods.yaml line 12)
}

// A front end prints the results one by one.
func ExampleResults() {
	out.Gate(&config.MeshEnrollmentSpec{Strict: true})
	for r := range report.Results(out) {
		if r.IsNotable() {
			fmt.Println(r)
		}
	}
	fmt.Println(report.Summary(out))
	fmt.Println(report.Failure(out))
	// Output:
	// pods.yaml line 1: Deployment demo/web: enrolled as a sidecar: spiffe://example.org/ns/demo/sa/web
	// warning (fails the job): app/templates/host.yaml: Pod demo/host: spec.hostNetwork: Istio never injects it [HostNetwork]; remove hostNetwork
	// 2 pods: 1 SPIRE, 1 Bare; 1 Enrolled, 1 HostNetwork
	// the check failed (pods: 0, objects missing: 0, findings: 1)
}
