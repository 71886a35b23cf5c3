package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Helm 3 runs a post-renderer by its path, gives it what the templates rendered byte for byte (hooks and tests not),
// and takes what it prints byte for byte.

func TestHelm3(t *testing.T) {
	for _, c := range []struct {
		chart string
		args  []string
	}{
		{chart: "app"},
		{chart: "crds", args: []string{"--include-crds"}},
		{chart: "crlf"},
		{chart: "empty"},
		{chart: "hooks"},
		{chart: "list"},
	} {
		t.Run(c.chart, func(t *testing.T) {
			args := append([]string{"template", "demo", "charts/" + c.chart}, c.args...)
			before := output(t, helm3(t, args...))
			after := output(t, helm3(t, append(args, postRenderer3("--all")...)...))
			requireInsertions(t, "helm3/"+c.chart+".diff", before, after)
		})
	}
}

// --show-only searches the post-rendered text for its `# Source:` comments.
func TestHelm3ShowOnly(t *testing.T) {
	args := []string{"template", "demo", "charts/app", "--show-only", "templates/cronjob.yaml"}
	before := output(t, helm3(t, args...))
	after := output(t, helm3(t, append(args, postRenderer3("--all")...)...))
	requireInsertions(t, "helm3/show-only.diff", before, after)
}

// With --output-dir, Helm 3 writes the files before it calls the post-renderer, and calls it with nothing.
func TestHelm3OutputDir(t *testing.T) {
	args := []string{"template", "demo", "charts/app", "--output-dir"}
	before, after := t.TempDir(), t.TempDir()
	output(t, helm3(t, append(args, before)...))
	output(t, helm3(t, append(append(args, after), postRenderer3("--all")...)...))
	const file = "app/templates/deployment.yaml"
	require.Equal(t, read(t, before, file), read(t, after, file))
}

func TestHelm3Error(t *testing.T) {
	r := run(t, helm3(t, append([]string{"template", "demo", "charts/refused"}, postRenderer3("--all")...)...))
	require.NotZero(t, r.status)
	require.Empty(t, r.stdout)
	require.Regexp(t, `enmesh: refused/templates/deployment.yaml \(<stdin> line \d+\): Deployment demo-web: spec.template.metadata.labels: `, r.stderr)
}

func TestHelm3Report(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	output(t, helm3(t, append([]string{"template", "demo", "charts/app"}, postRenderer3("--all", "--report", report)...)...))
	requireReport(t, report)
}

func TestHelm3Install(t *testing.T) {
	server := newAPIServer(t)
	output(t, helm3(t, server.install("app", postRenderer3("--all")...)...))
	requireEnrolled(t, server.written)
}

// Helm 3 takes one post-renderer only, so enmesh runs the other one.
func TestHelm3AnotherRenderer(t *testing.T) {
	args := append([]string{"template", "demo", "charts/app"}, postRenderer3("--all", "--", "sed", "s/^  name: demo-/  name: other-/")...)
	after := output(t, helm3(t, args...))
	require.Contains(t, after, "name: other-web")
	require.Equal(t, 3, strings.Count(after, "inject.istio.io/templates:"))
	failing := run(t, helm3(t, append([]string{"template", "demo", "charts/app"}, postRenderer3("--all", "--", "sh", "-c", "echo the cause >&2; exit 9")...)...))
	require.NotZero(t, failing.status)
	require.Empty(t, failing.stdout)
	require.Contains(t, failing.stderr, "the cause\nenmesh: sh failed: exit status 9")
}

func TestHelm3DryRun(t *testing.T) {
	server := newAPIServer(t)
	printed := output(t, helm3(t, server.install("app", append(postRenderer3("--all"), "--dry-run=client")...)...))
	require.Equal(t, 3, strings.Count(printed, "inject.istio.io/templates:"), printed)
	require.Empty(t, server.written)
	require.Zero(t, server.releases)
}

func TestHelm3InstallError(t *testing.T) {
	server := newAPIServer(t)
	r := run(t, helm3(t, server.install("refused", postRenderer3("--all")...)...))
	require.Contains(t, r.stderr, "INSTALLATION FAILED: error while running post render")
	require.Empty(t, server.written)
	require.Zero(t, server.releases)
}

func helm3(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.Command(tool(t, "helm3"), args...)
	cmd.Env = helmEnv(t)
	return cmd
}

// helmEnv keeps Helm away from what the user has installed and configured.
func helmEnv(t *testing.T) []string {
	home := t.TempDir()
	return append(os.Environ(), "HELM_DATA_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_CACHE_HOME="+home,
		"HELM_PLUGINS="+filepath.Join(home, "plugins"),
		"KUBECACHEDIR="+home, "KUBECONFIG="+filepath.Join(home, "kubeconfig"))
}

func postRenderer3(args ...string) []string {
	flags := []string{"--post-renderer", enmesh}
	for _, arg := range args {
		flags = append(flags, "--post-renderer-args", arg)
	}
	return flags
}
