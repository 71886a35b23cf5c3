// Package helmplugin installs Helm's plugins as users do: what `make plugin-package` makes and signs with a throw-away key, from files,
// from web servers and from registries, in both Helms. The servers are on loopback. `make test-plugin` builds the programs that it needs.
package helmplugin

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// chart is the chart of the examples. It has one Deployment, and a Job that is a hook.
const chart = "../../examples/chart"

// machine is a user's machine, with a home of its own for Helm's plugins.
type machine struct {
	plugins string // the folder of the plugins
	env     []string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	home := t.TempDir()
	return machine{plugins: filepath.Join(home, "data/plugins")}.with("HELM_DATA_HOME="+home+"/data", "HELM_CONFIG_HOME="+home+"/config",
		"HELM_CACHE_HOME="+home+"/cache", "KUBECONFIG="+home+"/kubeconfig")
}

// with is the machine with other environment variables.
func (m machine) with(env ...string) machine {
	m.env = append(append([]string{}, m.env...), env...)
	return m
}

// withDataHome is the machine where HELM_DATA_HOME is a folder of this name.
func (m machine) withDataHome(name string) machine {
	home := filepath.Join(filepath.Dir(filepath.Dir(m.plugins)), name)
	m.plugins = filepath.Join(home, "plugins")
	return m.with("HELM_DATA_HOME=" + home)
}

// result is what a command left behind.
type result struct {
	stdout, stderr string
	status         int
}

// run runs a program of bin with an input, and to its end.
func (m machine) run(t *testing.T, stdin, program string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(tool(t, program), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "HELM_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, m.env...)
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// output runs a program that must succeed, and returns what it wrote.
func (m machine) output(t *testing.T, program string, args ...string) result {
	t.Helper()
	r := m.run(t, "", program, args...)
	require.Zero(t, r.status, "%s %q\n%s%s", program, args, r.stdout, r.stderr)
	return r
}

// refuses runs a program that must fail, and returns what it wrote to stderr.
func (m machine) refuses(t *testing.T, program string, args ...string) string {
	t.Helper()
	r := m.run(t, "", program, args...)
	require.NotZero(t, r.status, "%s %q\n%s%s", program, args, r.stdout, r.stderr)
	return r.stderr
}

// tool finds a program that make builds, or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not in bin/: make test-plugin", name)
	}
	return path
}

// requireFiles holds that all below a folder are files of its own: nothing is a link to where it was built.
func requireFiles(t *testing.T, dir string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !entry.IsDir() {
			require.True(t, entry.Type().IsRegular(), "%s is no file", path)
			files++
		}
		return nil
	}))
	require.NotZero(t, files)
}

// requireEmpty holds that there is nothing in a folder, or no folder.
func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	require.Empty(t, entries)
}

// requireEnrolls holds that a Helm renders the chart through enmesh, and that `helm enmesh` does the same and shows the messages, which
// Helm hides when it runs a post-renderer.
func (m machine) requireEnrolls(t *testing.T, helm, postRenderer string) {
	t.Helper()
	template := []string{"template", "demo", chart, "--namespace", "shop"}
	rendered := m.output(t, helm, append(template, "--no-hooks")...).stdout
	enrolled := m.output(t, helm, append(template, "--no-hooks", "--post-renderer", postRenderer, "--post-renderer-args", "--all")...)
	require.Contains(t, enrolled.stdout, "inject.istio.io/templates:")
	require.Empty(t, enrolled.stderr)

	r := m.run(t, rendered, helm, "enmesh", "--all", "--diff", "-n", "shop")
	require.Zero(t, r.status, r.stderr)
	require.Contains(t, r.stdout, "+        inject.istio.io/templates: ")
	require.Contains(t, r.stderr, "Deployment shop/demo-web: enrolled as a sidecar: spiffe://<trust domain>/ns/shop/sa/demo-web\n")
	require.Contains(t, r.stderr, "1 Enrolled\n")

	r = m.run(t, rendered, helm, "enmesh", "--all", "--check")
	require.Equal(t, 1, r.status, r.stderr)
	require.Contains(t, r.stderr, "Deployment default/demo-web: ", "Helm's current namespace")
	require.Equal(t, 2, m.run(t, rendered, helm, "enmesh", "--no-such-flag").status)
	require.Contains(t, m.output(t, helm, "enmesh", "explain", "HostNetwork").stdout, "Istio never injects")
}
