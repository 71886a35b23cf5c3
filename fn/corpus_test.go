package fn_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// corpus is a folder of rendered charts beside the repository.
const corpus = "../../shared/corpus"

// enrollments are the configurations that the laws are checked with.
func enrollments() map[string]config.MeshEnrollment {
	marks, all, full := config.MeshEnrollment{}, config.MeshEnrollment{}, config.MeshEnrollment{}
	all.Spec.All = true
	full.Spec = config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks, Namespace: "demo", TrustDomain: "example.org", Revision: "canary",
		WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket, File: "spire-agent.sock"},
		WorkloadAPI:    &config.WorkloadAPI{}, IdentityLabel: config.IdentityLabel{Key: "spiffe.io/spire-managed-identity"}}
	return map[string]config.MeshEnrollment{"marks": marks, "all": all, "full": full}
}

func TestCorpus(t *testing.T) {
	charts, err := filepath.Glob(corpus + "/*.yaml")
	require.NoError(t, err)
	if len(charts) == 0 {
		t.Skip("no corpus of rendered charts in " + corpus)
	}
	for _, chart := range charts {
		t.Run(strings.TrimSuffix(filepath.Base(chart), ".yaml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(chart)
			require.NoError(t, err)
			for name, e := range enrollments() {
				t.Run(name, func(t *testing.T) {
					requireLaws(t, e, text)
					requireLines(t, e, text)
				})
			}
		})
	}
}

// requireLines: on real charts enrollment adds lines and nothing else, but that it completes a templates annotation, and
// each field that it changes lies in a pod template.
func requireLines(t *testing.T, e config.MeshEnrollment, text []byte) {
	t.Helper()
	result, enrolled, err := transform(e, config.Enroll, text)
	require.NoError(t, err)
	old := strings.Split(string(text), "\n")
	added := 0
	for line := range strings.SplitSeq(string(enrolled), "\n") {
		switch {
		case len(old) > 0 && line == old[0]:
			old = old[1:]
		case len(old) > 0 && strings.Contains(line, "inject.istio.io/templates: ") && strings.Contains(old[0], "inject.istio.io/templates: "):
			old = old[1:]
		case len(old) > 0 && strings.Contains(old[0], "trustDomain: cluster.local") && strings.Contains(line, "trustDomain: "):
			old = old[1:]
		default:
			require.True(t, strings.HasPrefix(line, "  "), "added outside of an object's metadata or spec: %q", line)
			added++
		}
	}
	require.Empty(t, old, "a line was changed or lost")
	changes := 0
	for _, p := range result.Pods {
		for _, change := range p.Changes {
			if p.Resource.Kind != "Pod" {
				require.Contains(t, change, "emplate.", "%s", p.Resource)
			}
		}
		changes += len(p.Changes)
	}
	require.GreaterOrEqual(t, added+1, changes)
}

// The mesh's own pods stay out, though all pods are selected.
func TestCorpusMesh(t *testing.T) {
	text, err := os.ReadFile(corpus + "/spiffe__spire.yaml")
	if err != nil {
		t.Skip("no corpus of rendered charts in " + corpus)
	}
	result, _, err := transform(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}, config.Enroll, text)
	require.NoError(t, err)
	components := 0
	for _, p := range result.Pods {
		require.False(t, p.Outcome.IsEnrolled(), "%s: %s", p.Resource, p.Outcome)
		if p.Outcome == outcome.MeshComponent {
			components++
		}
	}
	require.Equal(t, 4, components)
}
