package main

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

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
)

const (
	barePod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  serviceAccountName: web\n"
	hostPod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: host\nspec:\n  hostNetwork: true\n"
	broken  = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: broken\n"
)

// The exit status tells a mistake in the call from a job that failed; either leaves stdout empty and says why in one line
// at least, and in the report.
func TestStatus(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		return name
	}
	config := file("config.yaml", "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {al: true}\n")
	check := file("check.yaml", "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {mode: Check, all: true}\n")
	pod := file("pod.yaml", barePod)
	for _, c := range []struct {
		name   string
		args   []string
		stdin  string
		status int
		stderr string
		// unreported is what ends before it is known where the report goes, or reads no manifests.
		unreported bool
	}{
		{name: "done", args: []string{"--all"}, stdin: barePod, status: done},
		{name: "nothing to do", args: nil, stdin: barePod, status: done},
		{name: "warning", args: []string{"--all"}, stdin: hostPod, status: done, stderr: "[HostNetwork]"},
		{name: "unselected is no failure", args: []string{"--check"}, stdin: barePod, status: done},
		{name: "quiet", args: []string{"--all", "-q"}, stdin: hostPod, status: done},

		{name: "broken document", args: []string{"--all"}, stdin: barePod + broken, status: failed, stderr: "enmesh: <stdin> line "},
		{name: "broken document, to be compared", args: []string{"--all", "--diff"}, stdin: barePod + broken, status: failed, stderr: "line "},
		{name: "broken file beside a good one", args: []string{"--all", pod, file("broken.yaml", broken)}, status: failed, stderr: "broken.yaml line "},
		{name: "no such file", args: []string{filepath.Join(dir, "absent")}, status: failed, stderr: "absent: no such file"},
		{name: "a folder", args: []string{dir}, status: failed, stderr: "cannot read " + dir + ": is a directory"},
		{name: "check", args: []string{"--all", "--check"}, stdin: barePod, status: failed, stderr: "the check failed (pods not enrolled: 1, "},
		{name: "check by the file", args: []string{"--config", check}, stdin: barePod, status: failed, stderr: "pods not enrolled: 1"},
		{name: "check, quietly", args: []string{"--all", "--check", "-q"}, stdin: barePod, status: failed, stderr: "Pod web: selected and not enrolled"},
		{name: "strict", args: []string{"--all", "--strict"}, stdin: hostPod, status: failed, stderr: "findings: 1"},
		{name: "strict, to be compared", args: []string{"--all", "--strict", "--diff"}, stdin: hostPod + "---\n" + barePod, status: failed, stderr: "findings: 1"},

		{name: "no such flag", args: []string{"--al"}, status: misuse, unreported: true, stderr: "unknown flag: --al"},
		{name: "flag without value", args: []string{"--config"}, status: misuse, unreported: true, stderr: "--config"},
		{name: "bad boolean", args: []string{"--all=maybe"}, status: misuse, unreported: true, stderr: "maybe"},
		{name: "bad value", args: []string{"--hooks=skip"}, stdin: barePod, status: misuse, stderr: "--hooks (spec.hooks): must be one of Skip, Enroll"},
		{name: "bad selector", args: []string{"-l", "a=b=c"}, stdin: barePod, status: misuse, stderr: "--selector (spec.targets[0].labelSelector): "},
		{name: "contradiction", args: []string{"--all", "-l", "a"}, stdin: barePod, status: misuse, stderr: "exclude each other"},
		{name: "config that is wrong", args: []string{"--config", config}, stdin: barePod, status: misuse, stderr: config + ": spec.al: no such field"},
		{name: "no such config", args: []string{"--config", filepath.Join(dir, "absent")}, stdin: barePod, status: misuse, stderr: "absent: no such file"},
		{name: "no such reason", args: []string{"--explain", "Nope"}, status: misuse, unreported: true, stderr: "there is no reason"},
		{name: "completion for too much", args: []string{"completion", "bash", "zsh"}, status: misuse, unreported: true, stderr: "zsh"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call(strings.NewReader(c.stdin), nil, c.args...)
			require.Equal(t, c.status, r.status, r.stderr)
			require.Contains(t, r.stderr, c.stderr)
			if c.status == done {
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

// Quiet is quiet where nothing is wrong.
func TestQuiet(t *testing.T) {
	require.Empty(t, call(strings.NewReader(barePod+"---\n"+hostPod), nil, "--all", "--quiet").stderr)
}

// A stream that cannot be read to its end, or written, is a job that failed.
func TestBrokenStreams(t *testing.T) {
	bad := errors.New("bad cable")
	r := call(io.MultiReader(strings.NewReader(barePod), iotest.ErrReader(bad)), nil, "--all")
	require.Equal(t, result{status: failed, stderr: "enmesh: cannot read <stdin>: bad cable\n"}, r)

	for _, args := range [][]string{{"--all", "-q"}, {"--all", "-q", "--diff"}} {
		for _, size := range []int{1, 5_000} { // less than the writer's buffer, and more
			r := call(strings.NewReader(strings.Repeat(barePod+"---\n", size)), failingWriter{bad}, args...)
			require.Equal(t, result{status: failed, stderr: "enmesh: cannot write the output: bad cable\n"}, r)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// Nothing comes out before everything is computed, and the report is there before.
func TestOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	seen := ""
	out := writerFunc(func(text []byte) {
		if seen == "" {
			seen = readReport(t, file).Pods[0].Resource.Name
		}
	})
	require.Equal(t, done, call(strings.NewReader(barePod), out, "--all", "--report", file).status)
	require.Equal(t, "web", seen)
}

type writerFunc func([]byte)

func (w writerFunc) Write(text []byte) (int, error) { w(text); return len(text), nil }

// A terminal that nobody types manifests into is a mistake, and not a program that hangs.
func TestTerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had")
	}
	defer terminal.Close()
	for _, args := range [][]string{{"--all"}, {"--all", "-"}} {
		r := call(terminal, nil, args...)
		require.Equal(t, misuse, r.status)
		require.Contains(t, r.stderr, "nothing to read: name a file, or pipe manifests in")
	}
	file := filepath.Join(t.TempDir(), "pod.yaml")
	require.NoError(t, os.WriteFile(file, []byte(barePod), 0o644))
	require.Equal(t, done, call(terminal, nil, file).status)
}

// Helm 4 says by its environment that it is there, and is given something even where there is nothing.
func TestHelm4(t *testing.T) {
	helm := map[string]string{"HELM_PLUGIN_NAME": "enmesh"}
	for _, blank := range []string{"", "\n", " \n\n"} {
		require.Equal(t, blank+"# enmesh: no resources\n", callWith(helm, strings.NewReader(blank), nil, "--all").stdout)
		require.Equal(t, blank, call(strings.NewReader(blank), nil, "--all").stdout)
	}
	require.Equal(t, barePod, callWith(helm, strings.NewReader(barePod), nil).stdout)
	require.Empty(t, callWith(helm, strings.NewReader(""), nil, "--all", "--check").stdout)
}

// The same in each form: who is enrolled, who is not, and why.
func TestReportForms(t *testing.T) {
	dir := t.TempDir()
	for _, ending := range []string{"json", "yaml", "yml", "txt", "md", "entries"} {
		file := filepath.Join(dir, "report."+ending)
		require.Equal(t, done, call(strings.NewReader(barePod+"---\n"+hostPod), nil, "--all", "-n", "demo", "--report", file).status)
	}
	reported := readReport(t, filepath.Join(dir, "report.json"))
	require.Equal(t, fn.APIVersion, reported.APIVersion)
	require.Equal(t, "EnrollmentReport", reported.Kind)
	require.Equal(t, map[string]int{"Enrolled": 1, "HostNetwork": 1}, reported.Summary)
	require.Len(t, reported.Pods, 2)
	require.Equal(t, "spiffe://<trust domain>/ns/demo/sa/web", reported.Pods[0].SPIFFEID)
	for _, ending := range []string{"yaml", "yml"} {
		var same report
		require.NoError(t, yaml.UnmarshalStrict(text(t, dir, "report."+ending), &same))
		require.Equal(t, reported, same)
	}
	require.Regexp(t, `(?m)^Pod demo/host +HostNetwork `, string(text(t, dir, "report.txt")))
	require.Contains(t, string(text(t, dir, "report.entries")), "/ns/demo/sa/web")

	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 6, "nothing temporary is left behind")
}

// Of nothing there is a report too: lists and counts are there, and empty.
func TestReportOfNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	require.Equal(t, done, call(strings.NewReader(""), nil, "--report", file).status)
	require.JSONEq(t, `{"apiVersion": "enmesh.dev/v1alpha1", "kind": "EnrollmentReport", "summary": {}, "pods": []}`, string(text(t, file)))
}

// A report that cannot be written leaves the one that is there, fails the job, and hides no other failure.
func TestReportCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "absent", "report.json")
	r := call(strings.NewReader(barePod), nil, "--all", "--report", file)
	require.Equal(t, failed, r.status)
	require.Empty(t, r.stdout)
	require.Contains(t, r.stderr, "Pod web: enrolled")
	require.Contains(t, r.stderr, "enmesh: cannot write the report: ")

	r = call(strings.NewReader(broken), nil, "--all", "--report", file)
	require.Contains(t, r.stderr, "not valid YAML: ")
	require.Contains(t, r.stderr, "; nor can the report be written: ")
}

// A report takes the place of an older one, through a link too, and keeps its permissions.
func TestReportReplaces(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and permissions of Unix")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "report.json"), filepath.Join(dir, "link.json")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, os.Symlink("report.json", link))
	require.Equal(t, done, call(strings.NewReader(barePod), nil, "--report", link).status)
	require.Equal(t, "web", readReport(t, file).Pods[0].Resource.Name)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// What is read is what is there, from a file and from a pipe, at the sizes where the buffers end.
func TestReadAll(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 3 * 64 << 10, 3*64<<10 + 1, 5 << 20} {
		want := bytes.Repeat([]byte("0123456789\n"), size/11+1)[:size]
		got, err := readAll(bytes.NewReader(want))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), size)
		got, err = readAll(iotest.OneByteReader(bytes.NewReader(want[:min(size, 1<<17)])))
		require.NoError(t, err)
		require.Len(t, got, min(size, 1<<17))

		name := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(name, want, 0o644))
		file, err := os.Open(name)
		require.NoError(t, err)
		got, err = readAll(file)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), size)
		require.LessOrEqual(t, cap(got), size+size/8+8192, "a buffer of the file's size")
		require.NoError(t, file.Close())
	}
}

// Some files are longer than they say: those in /proc say that they are empty.
func TestReadAllOfProc(t *testing.T) {
	const name = "/proc/sys/kernel/ostype"
	file, err := os.Open(name)
	if err != nil {
		t.Skip("no /proc to be had")
	}
	defer file.Close()
	got, err := readAll(file)
	require.NoError(t, err)
	require.Equal(t, string(text(t, name)), string(got))
}

// result is what a call left behind.
type result struct {
	status         int
	stdout, stderr string
}

func call(stdin io.Reader, stdout io.Writer, args ...string) result {
	return callWith(nil, stdin, stdout, args...)
}

// callWith runs enmesh in an environment. Where there is no stdout for it, the result holds what it wrote.
func callWith(env map[string]string, stdin io.Reader, stdout io.Writer, args ...string) result {
	var out, stderr bytes.Buffer
	if stdout == nil {
		stdout = &out
	}
	status := run(args, stdin, stdout, &stderr, func(name string) string { return env[name] })
	return result{status, out.String(), stderr.String()}
}

func readReport(t *testing.T, file string) report {
	t.Helper()
	var r report
	require.NoError(t, json.Unmarshal(text(t, file), &r))
	return r
}

func text(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return text
}
