package live

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

// judge asks enmesh what becomes of pods as they stand, with what the cluster has beside them: istiod's ConfigMaps, namespaces and
// ClusterSPIFFEIDs.
func judge(t *testing.T, objects, facts []map[string]any, flags ...string) map[string]outcome.Pod {
	t.Helper()
	said := map[string]outcome.Pod{}
	cluster := filepath.Join(t.TempDir(), "cluster.yaml")
	require.NoError(t, os.WriteFile(cluster, []byte(streamOf(t, facts)), 0o644))
	for _, pod := range report(t, streamOf(t, objects), append(flags, "--cluster", cluster, "--check", "--namespace", shapesNamespace, "--trust-domain", plane.TrustDomain)...) {
		said[pod.Resource.Name] = pod
	}
	return said
}

// enrolled returns what enmesh makes of a stream.
func enrolled(t *testing.T, stream string, flags ...string) string {
	t.Helper()
	cmd := exec.Command(plane.Tool(t, "enmesh"), append(flags, "--quiet")...)
	cmd.Stdin = strings.NewReader(stream)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// report returns what enmesh says of the pods in a stream. A check may fail.
func report(t *testing.T, stream string, flags ...string) []outcome.Pod {
	t.Helper()
	dir := t.TempDir()
	file, name := filepath.Join(dir, "pods.yaml"), filepath.Join(dir, "report.json")
	require.NoError(t, os.WriteFile(file, []byte(stream), 0o644))
	out, err := exec.Command(plane.Tool(t, "enmesh"), append(flags, "--quiet", "--report", name, file)...).CombinedOutput()
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit) && exit.ExitCode() == 1, "%v: %s", err, out)
	text, err := os.ReadFile(name)
	require.NoError(t, err, string(out))
	var decoded struct{ Pods []outcome.Pod }
	require.NoError(t, json.Unmarshal(text, &decoded))
	return decoded.Pods
}

// streamOf writes objects as a stream.
func streamOf(t *testing.T, objects []map[string]any) string {
	t.Helper()
	var stream strings.Builder
	for _, o := range objects {
		text, err := yaml.Marshal(o)
		require.NoError(t, err)
		stream.WriteString("---\n" + string(text))
	}
	return stream.String()
}

// facts are the objects of the cluster that enmesh reads, with what SPIRE's controller manager has in its configuration.
func facts(t *testing.T, p *plane.Plane) []map[string]any {
	t.Helper()
	var all []map[string]any
	for path, kind := range map[string]string{"/api/v1/namespaces/istio-system/configmaps": "ConfigMap", "/api/v1/namespaces": "Namespace", "/api/v1/nodes": "Node", "/api/v1/serviceaccounts": "ServiceAccount",
		"/apis/spire.spiffe.io/v1alpha1/clusterspiffeids":                     "ClusterSPIFFEID",
		"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations": "MutatingWebhookConfiguration"} {
		var list struct {
			APIVersion string
			Items      []map[string]any
		}
		require.NoError(t, p.Client.Get(path, &list))
		for _, item := range list.Items {
			item["apiVersion"], item["kind"] = list.APIVersion, kind
			all = append(all, item)
		}
	}
	return append(all, plane.ControllerManagerConfig())
}
