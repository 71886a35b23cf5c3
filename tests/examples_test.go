package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A chart that fails to render is a failure of the examples' pipelines, and never an empty application.
func TestExamplesFailWithTheChart(t *testing.T) {
	copied := copyRepository(t)
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "helm"), []byte("#!/bin/sh\necho 'Error: no such chart' >&2\nexit 1\n"), 0o755))
	env := append(os.Environ(), "PATH="+broken+":"+filepath.Dir(enmesh)+":"+os.Getenv("PATH"), "ARGOCD_APP_NAME=shop", "ARGOCD_APP_NAMESPACE=shop")

	script := output(t, exec.Command(tool(t, "yq"), ".spec.generate.args[0]", filepath.Join(copied, "examples/argocd/plugin.yaml")))
	argocd := exec.Command("sh", "-ec", script)
	argocd.Env, argocd.Dir = env, filepath.Join(copied, "examples/chart")
	r := run(t, argocd)
	require.NotZero(t, r.status)
	require.Empty(t, r.stdout)

	folder := filepath.Join(copied, "examples/rendered")
	target := func(name string) result {
		cmd := exec.Command("make", "-C", folder, name)
		cmd.Env = env
		return run(t, cmd)
	}
	require.NotZero(t, target("rendered").status)
	require.NoFileExists(t, filepath.Join(folder, "rendered/shop.yaml"))
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "rendered"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "rendered/shop.yaml"), nil, 0o644))
	check := target("check")
	require.NotZero(t, check.status)
	require.Contains(t, check.stderr, "NoObjects")
}
