package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	plainPod = `apiVersion: v1
kind: Pod
metadata:
  name: plain
  labels:
    app: plain
spec:
  serviceAccountName: plain
  containers:
    - name: plain
      image: registry.example.com/plain:1
`
	// hostPod is one that Istio never injects.
	hostPod = `apiVersion: v1
kind: Pod
metadata:
  name: host
spec:
  hostNetwork: true
  serviceAccountName: host
  containers:
    - {name: host, image: "registry.example.com/host:1"}
`
	enrolledPod = `apiVersion: v1
kind: Pod
metadata:
  name: plain
  labels:
    app: plain
    sidecar.istio.io/inject: 'true'
    spire-managed-identity: 'true'
  annotations:
    inject.istio.io/templates: 'sidecar,spire'
spec:
  serviceAccountName: plain
  containers:
    - name: plain
      image: registry.example.com/plain:1
`
	brokenDocument = "---\n# Source: app/templates/broken.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: broken\n"
)

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		name, stdin, args string
		status            int
		stdout            string
		// stderr is a part of it.
		stderr string
	}{
		{name: "nothing is marked", stdin: plainPod, stdout: plainPod, stderr: "--all"},
		{name: "all", stdin: plainPod, args: "--all", stdout: enrolledPod, stderr: "Pod plain"},
		{name: "all quietly", stdin: plainPod, args: "--all --quiet", stdout: enrolledPod},
		{name: "selector", stdin: plainPod, args: "-l app=plain", stdout: enrolledPod},
		{name: "other selector", stdin: plainPod, args: "-l app=other", stdout: plainPod},
		{name: "exclude", stdin: plainPod, args: "--all --exclude app=plain", stdout: plainPod},
		{name: "enrolled already", stdin: enrolledPod, args: "--all", stdout: enrolledPod},
		{name: "unenroll", stdin: enrolledPod, args: "--unenroll", stdout: plainPod},
		{name: "empty", args: "--all"},
		{name: "stdin by name", stdin: plainPod, args: "--all -", stdout: enrolledPod},
		{name: "file", args: "--all testdata/seed/deployment.yaml", stdout: string(must(os.ReadFile("testdata/seed/enrolled.yaml")))},
		{name: "check fails", stdin: plainPod, args: "--all --check", status: 1, stderr: "Pod plain"},
		{name: "check passes", stdin: enrolledPod, args: "--all --check"},
		{name: "never injected", stdin: hostPod, args: "--all", stdout: hostPod, stderr: "hostNetwork"},
		{name: "never injected, strictly", stdin: hostPod, args: "--all --strict", status: 1, stderr: "hostNetwork"},
		{name: "error in the last document", stdin: plainPod + brokenDocument, args: "--all", status: 1,
			stderr: "enmesh: app/templates/broken.yaml (<stdin> line "},
		{name: "no such file", args: "--all missing.yaml", status: 1, stderr: "missing.yaml"},
		{name: "no such flag", args: "--al", status: 2, stderr: "--al"},
		{name: "bad value", args: "--hooks Sometimes", status: 2, stderr: "Sometimes"},
		{name: "bad selector", args: "-l a=b=c", status: 2, stderr: "labelSelector"},
		{name: "no such config", args: "--config missing.yaml", status: 2, stderr: "missing.yaml"},
		{name: "config", stdin: plainPod, args: "--config testdata/config/all.yaml", stdout: enrolledPod},
		{name: "flag over config", stdin: plainPod, args: "--config testdata/config/all.yaml --exclude app=plain", stdout: plainPod},
		{name: "unknown field in config", args: "--config testdata/config/unknown.yaml", status: 2, stderr: "spec.templates.sidecars"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, command(c.stdin, strings.Fields(c.args)...))
			require.Equal(t, c.status, r.status, r.stderr)
			require.Equal(t, c.stdout, r.stdout)
			require.Contains(t, r.stderr, c.stderr)
			if strings.Contains(c.args, "--quiet") {
				require.Empty(t, r.stderr)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	diff := output(t, command(plainPod, "--all", "--diff"))
	require.Contains(t, diff, "\n+    sidecar.istio.io/inject: 'true'\n")
	require.NotContains(t, diff, "\n-")
}

func TestVersion(t *testing.T) {
	require.Regexp(t, `^enmesh \S+`, output(t, command("", "--version")))
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		require.Contains(t, output(t, command("", "completion", shell)), "enmesh")
	}
}

// The form of a report follows from its file's name, and a failure is reported too.
func TestReport(t *testing.T) {
	for _, c := range []struct{ name, stdin, contains string }{
		{"report.json", plainPod, `"Enrolled"`},
		{"report.yaml", plainPod, "outcome: Enrolled"},
		{"report.txt", plainPod, "Enrolled"},
		{"failure.json", plainPod + brokenDocument, "app/templates/broken.yaml"},
		{"failure.yaml", plainPod + brokenDocument, "app/templates/broken.yaml"},
		{"failure.txt", plainPod + brokenDocument, "app/templates/broken.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), c.name)
			run(t, command(c.stdin, "--all", "--report", file))
			require.Contains(t, read(t, file), c.contains)
		})
	}
}

// requireReport holds that a JSON report tells what became of the workloads of the chart app.
func requireReport(t *testing.T, file string) {
	t.Helper()
	var report struct {
		Pods []struct {
			Resource struct{ Kind, Name string }
			Outcome  string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(read(t, file)), &report))
	var pods []string
	for _, pod := range report.Pods {
		pods = append(pods, pod.Resource.Kind+" "+pod.Resource.Name+" "+pod.Outcome)
	}
	require.ElementsMatch(t, []string{"Deployment demo-web Enrolled", "StatefulSet demo-db Enrolled", "CronJob demo-report Enrolled"}, pods)
}

func command(stdin string, args ...string) *exec.Cmd {
	cmd := exec.Command(enmesh, args...)
	cmd.Stdin = strings.NewReader(stdin)
	return cmd
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
