// Package live holds enmesh's word about pods to a real control plane: see plane/plane.go. `make test-live` builds the programs and
// runs it.
package live

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/tests/live/envoy"
	"enmesh.dev/enmesh/tests/live/plane"
)

// TestMain lets pilot-agent run the test binary as Envoy, by the program's name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "envoy" {
		os.Exit(envoy.Main(os.Args[1:], os.Stderr))
	}
	os.Exit(m.Run())
}

// envoyPath returns a path at which the test binary is called envoy.
func envoyPath(t *testing.T) string {
	t.Helper()
	test, err := os.Executable()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "envoy")
	require.NoError(t, os.Symlink(test, path))
	return path
}

func TestLive(t *testing.T) {
	p := plane.New(t, plane.Options{EnvoyPath: envoyPath(t),
		APIServerArgs: []string{"--feature-gates=MutatingAdmissionPolicy=true", "--runtime-config=admissionregistration.k8s.io/v1beta1=true"}})
	t.Run("Story", func(t *testing.T) { testStory(t, p) })
	t.Run("Cases", func(t *testing.T) { testCases(t, p) })
	t.Run("Upgrade", func(t *testing.T) { testUpgrade(t, p) })
	t.Run("Shapes", func(t *testing.T) { testShapes(t, p, assumed) })
	t.Run("Cluster", func(t *testing.T) { testCluster(t, p) })
	t.Run("Gateways", func(t *testing.T) { testGateways(t, p) })
	t.Run("Admission", func(t *testing.T) { testAdmission(t, p) })
	t.Run("Callers", func(t *testing.T) { testCallers(t, p) })
	t.Run("Registration", func(t *testing.T) { testRegistration(t, p) })
	t.Run("WithoutSocket", func(t *testing.T) { testWithoutSocket(t, p) })
}

// TestLiveOldNodes is about nodes on which Istio injects no native sidecars: those with a kubelet before 1.33.
func TestLiveOldNodes(t *testing.T) {
	p := plane.New(t, plane.Options{EnvoyPath: envoyPath(t), KubeletVersion: "v1.32.0"})
	testShapes(t, p, assumed)
}

// TestLiveRevision is about an istiod with a revision of its own, which is not the default.
func TestLiveRevision(t *testing.T) {
	p := plane.New(t, plane.Options{EnvoyPath: envoyPath(t), Revision: "canary"})
	p.CreateNamespace(t, shapesNamespace, nil)
	registerShapes(t, p)
	compareShapes(t, p, readShapes(t, "testdata/revision.yaml"), nil)
}
