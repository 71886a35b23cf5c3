package postrender

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

const (
	webPod         = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: web\n"
	hostPod        = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: host\nspec:\n  hostNetwork: true\n"
	brokenDocument = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: broken\n"
)

func TestMain(m *testing.M) {
	plain.Wipe = true
	testscript.Main(m, map[string]func(){"enmesh": func() {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
	}})
}

// Each script tests one thing that a user relies on. ENMESH_UPDATE=1 writes the expected files anew.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("ENMESH_UPDATE") != "",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HELM_PLUGIN_NAME", "")
			return nil
		},
	})
}

// The exit status tells wrong usage from a job that failed. After either, stdout is empty, and stderr and the report say why.
func TestStatus(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		return name
	}
	config := file("config.yaml", "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {al: true}\n")
	check := file("check.yaml", "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {mode: Check, all: true}\n")
	pod := file("pod.yaml", webPod)
	for _, c := range []struct {
		name   string
		args   []string
		stdin  string
		status int
		stderr string
		// unreported is for a call that ends before the flags are known, or that reads no manifests.
		unreported bool
	}{
		{name: "done", args: []string{"--all"}, stdin: webPod, status: exitDone},
		{name: "nothing to do", args: nil, stdin: webPod, status: exitDone},
		{name: "warning", args: []string{"--all"}, stdin: hostPod, status: exitDone, stderr: "[HostNetwork]"},
		{name: "unselected is no failure", args: []string{"--check"}, stdin: webPod, status: exitDone},
		{name: "quiet", args: []string{"--all", "-q"}, stdin: hostPod, status: exitDone},

		{name: "broken document", args: []string{"--all"}, stdin: webPod + brokenDocument, status: exitFailed, stderr: "enmesh: <stdin> line "},
		{name: "broken document, to be compared", args: []string{"--all", "--diff"}, stdin: webPod + brokenDocument, status: exitFailed, stderr: "line "},
		{name: "broken file beside a good one", args: []string{"--all", pod, file("broken.yaml", brokenDocument)}, status: exitFailed, stderr: "broken.yaml line "},
		{name: "no such file", args: []string{filepath.Join(dir, "absent")}, status: exitFailed, stderr: "absent: no such file"},
		{name: "a folder", args: []string{dir}, status: exitFailed, stderr: "broken.yaml line "},
		{name: "check", args: []string{"--all", "--check"}, stdin: webPod, status: exitFailed, stderr: "the check failed (pods: 1, "},
		{name: "check by the file", args: []string{"--config", check}, stdin: webPod, status: exitFailed, stderr: "pods: 1"},
		{name: "check, quietly", args: []string{"--all", "--check", "-q"}, stdin: webPod, status: exitFailed, stderr: "Pod web: selected and not enrolled"},
		{name: "strict", args: []string{"--all", "--strict"}, stdin: hostPod, status: exitFailed, stderr: "findings: 1"},
		{name: "strict, to be compared", args: []string{"--all", "--strict", "--diff"}, stdin: hostPod + "---\n" + webPod, status: exitFailed, stderr: "findings: 1"},

		{name: "no such flag", args: []string{"--al"}, status: exitUsage, unreported: true, stderr: "unknown flag: --al"},
		{name: "flag without value", args: []string{"--config"}, status: exitUsage, unreported: true, stderr: "--config"},
		{name: "bad boolean", args: []string{"--all=maybe"}, status: exitUsage, unreported: true, stderr: "maybe"},
		{name: "bad value", args: []string{"--hooks=skip"}, stdin: webPod, status: exitUsage, stderr: "--hooks (spec.hooks): must be Skip or Enroll"},
		{name: "bad selector", args: []string{"-l", "a=b=c"}, stdin: webPod, status: exitUsage, stderr: "--selector (spec.targets[0].labelSelector): "},
		{name: "contradiction", args: []string{"--all", "-l", "a"}, stdin: webPod, status: exitUsage, stderr: "cannot be used together"},
		{name: "config that is wrong", args: []string{"--config", config}, stdin: webPod, status: exitUsage, stderr: config + ": spec.al: unknown field"},
		{name: "no such config", args: []string{"--config", filepath.Join(dir, "absent")}, stdin: webPod, status: exitUsage, stderr: "absent: no such file"},
		{name: "no such reason", args: []string{"--explain", "Nope"}, status: exitUsage, unreported: true, stderr: "no reason, outcome or verdict is called"},
		{name: "completion for too much", args: []string{"completion", "bash", "zsh"}, status: exitUsage, unreported: true, stderr: "zsh"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call(strings.NewReader(c.stdin), nil, c.args...)
			require.Equal(t, c.status, r.status, r.stderr)
			require.Contains(t, r.stderr, c.stderr)
			if c.status == exitDone {
				return
			}
			require.Empty(t, r.stdout)
			lines := strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n")
			for _, line := range lines {
				require.True(t, strings.HasPrefix(line, "enmesh: "), line)
			}
			if c.unreported {
				return
			}
			file := filepath.Join(t.TempDir(), "report.json")
			require.Equal(t, c.status, call(strings.NewReader(c.stdin), nil, append(c.args, "--report", file)...).status)
			reported := readReport(t, file)
			require.Equal(t, strings.TrimPrefix(lines[len(lines)-1], "enmesh: "), reported.Error)
		})
	}
}

// With --quiet, stderr is empty if there is no error.
func TestQuiet(t *testing.T) {
	require.Empty(t, call(strings.NewReader(webPod+"---\n"+hostPod), nil, "--all", "--quiet").stderr)
}

// The job fails if a stream cannot be read to its end, or cannot be written.
func TestBrokenStreams(t *testing.T) {
	bad := errors.New("bad cable")
	r := call(io.MultiReader(strings.NewReader(webPod), iotest.ErrReader(bad)), nil, "--all")
	require.Equal(t, result{status: exitFailed, stderr: "enmesh: cannot read <stdin>: bad cable\n"}, r)

	for _, args := range [][]string{{"--all", "-q"}, {"--all", "-q", "--diff"}} {
		for _, size := range []int{1, 5_000} { // less than the writer's buffer, and more
			r := call(strings.NewReader(strings.Repeat(webPod+"---\n", size)), failingWriter{bad}, args...)
			require.Equal(t, result{status: exitFailed, stderr: "enmesh: cannot write the output: bad cable\n"}, r)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// The report is in its place before anything is written to stdout.
func TestOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	seen := ""
	out := writerFunc(func(text []byte) {
		if seen == "" {
			seen = readReport(t, file).Pods[0].Resource.Name
		}
	})
	require.Equal(t, exitDone, call(strings.NewReader(webPod), out, "--all", "--report", file).status)
	require.Equal(t, "web", seen)
}

type writerFunc func([]byte)

func (w writerFunc) Write(text []byte) (int, error) { w(text); return len(text), nil }

// Reading from a terminal is an error. Otherwise the program would seem to hang.
func TestTerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had")
	}
	defer terminal.Close()
	for _, args := range [][]string{{"--all"}, {"--all", "-"}} {
		r := call(terminal, nil, args...)
		require.Equal(t, exitUsage, r.status)
		require.Contains(t, r.stderr, "no input: name a file, or pipe manifests to enmesh")
	}
	file := filepath.Join(t.TempDir(), "pod.yaml")
	require.NoError(t, os.WriteFile(file, []byte(webPod), 0o644))
	require.Equal(t, exitDone, call(terminal, nil, file).status)
}

// Helm 4, which an environment variable shows, gets a comment instead of blank output.
func TestHelm4(t *testing.T) {
	helm := map[string]string{"HELM_PLUGIN_NAME": "enmesh"}
	for _, blank := range []string{"", "\n", " \n\n"} {
		require.Equal(t, blank+"# enmesh: no resources\n", callWith(helm, strings.NewReader(blank), nil, "--all").stdout)
		require.Equal(t, blank, call(strings.NewReader(blank), nil, "--all").stdout)
	}
	require.Equal(t, webPod, callWith(helm, strings.NewReader(webPod), nil).stdout)
	require.Empty(t, callWith(helm, strings.NewReader(""), nil, "--all", "--check").stdout)
}

// The file's extension says the form of the report, and nothing temporary is left beside it.
func TestReportForms(t *testing.T) {
	dir := t.TempDir()
	for _, form := range []struct{ file, contains string }{
		{"report.json", `"reason": "HostNetwork"`},
		{"report.yaml", "  reason: HostNetwork\n"},
		{"report.yml", "  reason: HostNetwork\n"},
		{"report.txt", "\nPod demo/host  HostNetwork "},
		{"report.md", "| Pod demo/host | HostNetwork |"},
		{"report.entries", ": spiffe://<trust domain>/ns/demo/sa/web\n"},
	} {
		args := []string{"--all", "-n", "demo", "--report", filepath.Join(dir, form.file)}
		require.Equal(t, exitDone, call(strings.NewReader(webPod+"---\n"+hostPod), nil, args...).status)
		require.Contains(t, string(text(t, dir, form.file)), form.contains)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 6)
}

// The job fails if the report cannot be written. The message has the job's own failure as well.
func TestReportCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "absent", "report.json")
	r := call(strings.NewReader(webPod), nil, "--all", "--report", file)
	require.Equal(t, exitFailed, r.status)
	require.Empty(t, r.stdout)
	require.Contains(t, r.stderr, "Pod web: enrolled")
	require.Contains(t, r.stderr, "enmesh: cannot write the report: ")

	r = call(strings.NewReader(brokenDocument), nil, "--all", "--report", file)
	require.Contains(t, r.stderr, "not valid YAML: ")
	require.Contains(t, r.stderr, "; the report cannot be written either: ")
}

// A report replaces an older one, also through a link, and keeps its permissions.
func TestReportReplaces(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and permissions of Unix")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "report.json"), filepath.Join(dir, "link.json")
	require.Equal(t, exitDone, call(strings.NewReader(hostPod), nil, "--report", file).status)
	require.NoError(t, os.Chmod(file, 0o600))
	require.NoError(t, os.Symlink("report.json", link))
	require.Equal(t, exitDone, call(strings.NewReader(webPod), nil, "--report", link).status)
	require.Equal(t, "web", readReport(t, file).Pods[0].Resource.Name)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// result is what a call wrote, and its exit status.
type result struct {
	status         int
	stdout, stderr string
}

func call(stdin io.Reader, stdout io.Writer, args ...string) result {
	return callWith(nil, stdin, stdout, args...)
}

// callWith runs enmesh with environment variables. If stdout is nil, the result has what was written to it.
func callWith(env map[string]string, stdin io.Reader, stdout io.Writer, args ...string) result {
	var out, stderr bytes.Buffer
	if stdout == nil {
		stdout = &out
	}
	status := Main(args, stdin, stdout, &stderr, func(name string) string { return env[name] })
	return result{status, out.String(), stderr.String()}
}

func readReport(t *testing.T, file string) report.Report {
	t.Helper()
	var r report.Report
	require.NoError(t, json.Unmarshal(text(t, file), &r))
	return r
}

func text(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return text
}
