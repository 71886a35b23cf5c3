package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
)

// BenchmarkIndex indexes 10,000 pods, each with a policy of its own, and asks for the mode of each.
func BenchmarkIndex(b *testing.B) {
	const count = 10_000
	facts := mesh.NewFacts()
	pods := make([]*policy.Pod, count)
	for i := range pods {
		ref := manifest.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: fmt.Sprint("team-", i%100), Name: fmt.Sprint("web-", i)}
		labels := manifest.Labels{{Key: "app", Value: ref.Name}, {Key: "tier", Value: "web"}}
		pods[i] = &policy.Pod{Pod: outcome.Pod{Resource: ref, Outcome: outcome.Enrolled, Verdict: outcome.SPIRE}, Labels: labels}
		ref.APIVersion, ref.Kind = "security.istio.io/v1", "PeerAuthentication"
		facts.PeerAuthentications = append(facts.PeerAuthentications, mesh.PeerAuthentication{Ref: ref, Mode: "STRICT", Selector: labels[:1]})
	}
	b.ReportAllocs()
	for b.Loop() {
		index := policy.NewIndex(pods, facts)
		for _, p := range pods {
			mode, _ := index.MutualTLS(p)
			require.Equal(b, "STRICT", mode)
		}
	}
}
