package tests

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Helm 4 runs a post-renderer that is installed as a plugin. It re-encodes what the templates rendered, before and
// after, and sends hooks and tests in the same stream. So what enmesh adds is what tells its output from that of a
// plugin which changes nothing.

func TestHelm4(t *testing.T) {
	for _, c := range []struct {
		name, chart    string
		helm, renderer []string
	}{
		{name: "app", chart: "app"},
		{name: "crds", chart: "crds", helm: []string{"--include-crds"}},
		{name: "crlf", chart: "crlf"},
		{name: "hooks", chart: "hooks"}, // Only the hook that is marked for enrollment.
		{name: "hooks-enrolled", chart: "hooks", renderer: []string{"--hooks", "Enroll"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHelm4(t)
			args := append([]string{"template", "demo", "charts/" + c.chart}, c.helm...)
			before := output(t, h.command(append(args, "--post-renderer", "identity")...))
			after := output(t, h.command(append(args, postRenderer4(append(c.renderer, "--all")...)...)...))
			requireInsertions(t, "helm4/"+c.name+".diff", before, after)
			require.NotContains(t, after, "postrender-filename")
		})
	}
}

// Helm 4 takes blank output for an error even where a chart renders to nothing, so a mere identity fails.
func TestHelm4Empty(t *testing.T) {
	h := newHelm4(t)
	identity := run(t, h.command("template", "demo", "charts/empty", "--post-renderer", "identity"))
	require.Contains(t, identity.stderr, "produced empty output")
	plain := output(t, h.command("template", "demo", "charts/empty"))
	require.Equal(t, plain, output(t, h.command(append([]string{"template", "demo", "charts/empty"}, postRenderer4("--all")...)...)))
}

// Helm 4 takes a List apart, so an anchor of one item that another uses is torn from its aliases. That fails with every
// post-renderer: with enmesh no later and no otherwise than with one that changes nothing.
func TestHelm4List(t *testing.T) {
	h := newHelm4(t)
	args := []string{"template", "demo", "charts/list"}
	output(t, h.command(args...))
	identity := run(t, h.command(append(args, "--post-renderer", "identity")...))
	require.Contains(t, identity.stderr, "unknown anchor 'containers' referenced")
	for _, selection := range []string{"--selector=no=pod", "--all"} {
		require.Equal(t, identity, run(t, h.command(append(args, postRenderer4(selection)...)...)), selection)
	}
}

func TestHelm4Error(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.txt")
	r := run(t, newHelm4(t).command(append([]string{"template", "demo", "charts/refused"}, postRenderer4("--all", "--report", report)...)...))
	require.NotZero(t, r.status)
	require.Empty(t, r.stdout)
	// Helm 4 says only that the plugin failed: the place and the cause stand in the report.
	require.Contains(t, r.stderr, `plugin "enmesh" exited with error`)
	require.Regexp(t, `refused/templates/deployment.yaml \(<stdin> line \d+\): Deployment demo-web: spec.template.metadata.labels: `, read(t, report))
}

func TestHelm4Report(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	output(t, newHelm4(t).command(append([]string{"template", "demo", "charts/app"}, postRenderer4("--all", "--report", report)...)...))
	requireReport(t, report)
}

// Helm 4 writes the files after the post-renderer.
func TestHelm4OutputDir(t *testing.T) {
	h, before, after := newHelm4(t), t.TempDir(), t.TempDir()
	args := []string{"template", "demo", "charts/app", "--output-dir"}
	output(t, h.command(append(args, before, "--post-renderer", "identity")...))
	output(t, h.command(append(append(args, after), postRenderer4("--all")...)...))
	const file = "app/templates/deployment.yaml"
	requireInsertions(t, "helm4/output-dir.diff", read(t, before, file), read(t, after, file))
}

func TestHelm4Install(t *testing.T) {
	server := newAPIServer(t)
	output(t, newHelm4(t).command(server.install("app", postRenderer4("--all")...)...))
	requireEnrolled(t, server.written)
}

func TestHelm4DryRun(t *testing.T) {
	server := newAPIServer(t)
	printed := output(t, newHelm4(t).command(server.install("app", append(postRenderer4("--all"), "--dry-run=client")...)...))
	require.Equal(t, 3, strings.Count(printed, "inject.istio.io/templates:"), printed)
	require.Empty(t, server.written)
	require.Zero(t, server.releases)
}

func TestHelm4InstallError(t *testing.T) {
	server := newAPIServer(t)
	r := run(t, newHelm4(t).command(server.install("refused", postRenderer4("--all")...)...))
	require.Contains(t, r.stderr, "INSTALLATION FAILED: error while running post render")
	require.Empty(t, server.written)
	require.Zero(t, server.releases)
}

// helm4 is a Helm with two plugins: enmesh from the archive that `make plugin-package` makes for this platform, and identity.
type helm4 struct {
	program string
	env     []string
}

func newHelm4(t *testing.T) helm4 {
	h := helm4{tool(t, "helm4"), helmEnv(t)}
	output(t, h.command("plugin", "install", "--verify=false", pluginArchive(t, h.program)))
	output(t, h.command("plugin", "install", "testdata/identity"))
	return h
}

// pluginArchive makes the archive once.
func pluginArchive(t *testing.T, helm string) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(enmesh), "plugins")
	makePlugin.Do(func() {
		output(t, exec.Command("make", "-C", root, "plugin-package", "HELM="+helm, "PLUGINS="+dir, "PLATFORMS="+platform))
	})
	archives, err := filepath.Glob(filepath.Join(dir, "enmesh-[0-9]*.tgz"))
	require.NoError(t, err)
	require.Len(t, archives, 1)
	return archives[0]
}

var makePlugin sync.Once

// platform is that of the tests, as the Makefile writes it.
const platform = runtime.GOOS + "-" + runtime.GOARCH

func (h helm4) command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.program, args...)
	cmd.Env = h.env
	return cmd
}

func postRenderer4(args ...string) []string {
	flags := []string{"--post-renderer", "enmesh"}
	for _, arg := range args {
		flags = append(flags, "--post-renderer-args", arg)
	}
	return flags
}
