package live

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

// helm is one of the two Helms, with the flags by which it runs enmesh as its post-renderer.
type helm struct {
	name         string
	postRenderer string
	env          []string
}

// testUpgrade upgrades a release that was installed without enmesh: through enmesh, and then through --unenroll. A job that is there
// already breaks the upgrade half-way, and enmesh says so beforehand.
func testUpgrade(t *testing.T, p *plane.Plane) {
	stop := completeHooks(t, p)
	defer stop()
	for _, h := range []helm{{"helm3", plane.Tool(t, "enmesh"), nil}, newHelm4(t)} {
		t.Run(h.name, func(t *testing.T) {
			namespace := "upgrade-" + h.name
			p.CreateNamespace(t, namespace, nil)
			run := func(args ...string) error { return h.run(t, p, namespace, args...) }
			enmesh := []string{"--post-renderer", h.postRenderer, "--post-renderer-args", "--trust-domain=" + plane.TrustDomain, "--post-renderer-args"}

			require.NoError(t, run("install", "demo", "testdata/upgrade"))
			require.Equal(t, []outcome.Verdict{outcome.Bare}, verdicts(t, p, namespace))
			require.NoError(t, run(slices.Concat([]string{"upgrade", "demo", "testdata/upgrade"}, enmesh, []string{"--all"})...))
			require.Equal(t, []outcome.Verdict{outcome.SPIRE}, verdicts(t, p, namespace))
			require.NoError(t, run(slices.Concat([]string{"upgrade", "demo", "testdata/upgrade"}, enmesh, []string{"--unenroll"})...))
			require.Equal(t, []outcome.Verdict{outcome.Bare}, verdicts(t, p, namespace))

			require.NoError(t, run("install", "job", "testdata/upgrade", "--set", "job=true"))
			require.Contains(t, foretold(t, h), outcome.Reason("JobImmutable"))
			err := run(slices.Concat([]string{"upgrade", "job", "testdata/upgrade", "--set", "job=true"}, enmesh, []string{"--all"})...)
			require.ErrorContains(t, err, "field is immutable")
		})
	}
}

// newHelm4 installs enmesh as a plugin, which Helm 4 wants, from the archive that users install.
func newHelm4(t *testing.T) helm {
	t.Helper()
	dir := t.TempDir()
	made, err := exec.Command("make", "-C", "../..", "plugin-package", "PLUGINS="+dir, "PLATFORMS="+runtime.GOOS+"-"+runtime.GOARCH, "HELM="+plane.Tool(t, "helm4")).CombinedOutput()
	require.NoError(t, err, string(made))
	archives, err := filepath.Glob(filepath.Join(dir, "enmesh-[0-9]*.tgz"))
	require.NoError(t, err)
	require.Len(t, archives, 1)
	h := helm{"helm4", "enmesh", []string{"HELM_DATA_HOME=" + t.TempDir()}}
	install := exec.Command(plane.Tool(t, h.name), "plugin", "install", "--verify=false", archives[0])
	install.Env = append(os.Environ(), h.env...)
	text, err := install.CombinedOutput()
	require.NoError(t, err, string(text))
	return h
}

func (h helm) run(t *testing.T, p *plane.Plane, namespace string, args ...string) error {
	t.Helper()
	return p.Helm(t, h.name, h.env, append(args, "--namespace", namespace)...)
}

// verdicts are what became of the pods that are to stay in a namespace: each once.
func verdicts(t *testing.T, p *plane.Plane, namespace string) []outcome.Verdict {
	t.Helper()
	var got []outcome.Verdict
	// Nobody confirms that the old pods have ended, so that a StatefulSet waits: the pods with the workloads' own labels are looked at.
	plane.Await(t, "the pods are there", time.Minute, func() error {
		got = nil
		for _, pod := range pods(t, p, namespace) {
			if pod.Labels["ends"] != "" {
				continue
			}
			if pod.DeletionTimestamp != nil {
				if err := p.Client.Delete("/api/v1/namespaces/" + namespace + "/pods/" + pod.Name); err != nil {
					return err
				}
				return os.ErrExist
			}
			v := outcome.Bare
			if hasProxy(&pod) {
				v = outcome.SPIRE
			}
			if !slices.Contains(got, v) {
				got = append(got, v)
			}
			setReady(p, &pod)
		}
		if len(got) != 1 {
			return os.ErrNotExist
		}
		return nil
	})
	return got
}

// setReady says of a pod that it runs and is ready, as a kubelet does: a rollout waits for it.
func setReady(p *plane.Plane, pod *corev1.Pod) {
	now := time.Now().UTC().Format(time.RFC3339)
	_ = p.Client.PatchStatus("/api/v1/namespaces/"+pod.Namespace+"/pods/"+pod.Name, map[string]any{"phase": "Running",
		"conditions": []any{map[string]any{"type": "Ready", "status": "True", "lastTransitionTime": now}}})
}

// foretold are the reasons of what enmesh finds in the rendered chart.
func foretold(t *testing.T, h helm) []outcome.Reason {
	t.Helper()
	rendered, err := exec.Command(plane.Tool(t, h.name), "template", "job", "testdata/upgrade", "--set", "job=true").Output()
	require.NoError(t, err)
	var reasons []outcome.Reason
	for _, pod := range report(t, string(rendered), "--all") {
		for _, f := range pod.Findings {
			reasons = append(reasons, f.Reason)
		}
	}
	return reasons
}

// completeHooks says of the pods of hooks that they have ended well, as a kubelet does, until it is stopped.
func completeHooks(t *testing.T, p *plane.Plane) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			var list corev1.PodList
			if p.Client.Get("/api/v1/pods?labelSelector=ends", &list) == nil {
				for _, pod := range list.Items {
					if pod.Status.Phase != corev1.PodSucceeded {
						_ = p.Client.PatchStatus("/api/v1/namespaces/"+pod.Namespace+"/pods/"+pod.Name, map[string]any{"phase": "Succeeded"})
					}
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
