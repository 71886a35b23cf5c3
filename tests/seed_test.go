package tests

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The document that enmesh implements shows a Deployment in the mesh: testdata/seed/enrolled.yaml.

func TestSeedDeployment(t *testing.T) {
	plain, enrolled := read(t, "testdata/seed/deployment.yaml"), read(t, "testdata/seed/enrolled.yaml")
	require.Equal(t, enrolled, output(t, command(plain, "--all")))
	require.Equal(t, enrolled, output(t, command(enrolled, "--all")), "second run")
	require.Equal(t, plain, output(t, command(enrolled, "--unenroll")))
}

// It also shows what a gateway gets: the managed-identity label, and the template spire-gw beside gateway.
func TestSeedGateway(t *testing.T) {
	const chart = "istio__gateway.yaml"
	file := filepath.Join(root, "../shared/corpus", chart)
	if !isFile(file) {
		t.Skipf("%s, rendered by Istio's own chart, is not here", chart)
	}
	plain := read(t, file)
	enrolled := output(t, command(plain, "--all"))
	require.Contains(t, enrolled, "inject.istio.io/templates: gateway,spire-gw\n")
	require.Contains(t, enrolled, "spire-managed-identity: \"true\"\n")
	require.Equal(t, enrolled, output(t, command(enrolled, "--all")), "second run")
}
