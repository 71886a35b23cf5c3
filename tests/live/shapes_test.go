package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

const shapesNamespace = "shapes"

// assumed are the shapes of which enmesh says what it takes for granted, because nothing that it reads shows it, and why it is not so
// here.
var assumed = map[string]string{
	"socket-file": "SPIRE's agent has no socket of the name that the pod asks for, so its proxy ends at once",
	"ambient":     "ztunnel, which would carry the pod's traffic, cannot run here",
	"windows":     "no node here runs Windows",
}

// testShapes compares what enmesh says of pods as they stand with what becomes of them: whether the API server takes each, whether it is
// injected and with which volume, whether SPIRE has an entry for it, and whose certificate its proxy gets.
func testShapes(t *testing.T, p *plane.Plane, assumed map[string]string) {
	p.CreateNamespace(t, shapesNamespace, nil)
	p.CreateNamespace(t, "disabled", map[string]any{"istio-injection": "disabled"})
	p.CreateNamespace(t, "enabled", map[string]any{"istio-injection": "enabled"})
	p.CreateNamespace(t, "ambient", map[string]any{"istio.io/dataplane-mode": "ambient"})
	registerShapes(t, p)
	p.Client.Create(t, "/api/v1/namespaces/"+shapesNamespace+"/configmaps", map[string]any{"metadata": map[string]any{"name": "credentials"}, "data": credentialFiles(t)})
	shapes := readShapes(t, "testdata/shapes.yaml")
	shapes = append(shapes, injectedBeforehand(t, p, shapes)...)
	compareShapes(t, p, shapes, assumed)

	t.Run("without ClusterSPIFFEIDs", func(t *testing.T) {
		without := slices.DeleteFunc(facts(t, p), func(o map[string]any) bool { return o["kind"] == "ClusterSPIFFEID" })
		said := judge(t, shapes, without)["unlabelled"]
		require.Equal(t, outcome.Unregistered, said.Verdict, "as with them: the pod lacks the label")
		require.EqualValues(t, "NoRegistrationLabel", said.VerdictReason)
	})
	t.Run("with a base template alone", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "enmesh.yaml")
		require.NoError(t, os.WriteFile(file, []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {templates: {sidecar: [sidecar]}}\n"), 0o644))
		said := judge(t, shapes, facts(t, p), "--config", file)
		require.Equal(t, outcome.IstiodCA, said["no-spire"].Verdict, "as where it is not enrolled at all")
		require.EqualValues(t, "NoSPIRETemplate", said["no-spire"].VerdictReason)
	})
	t.Run("with another identity label", func(t *testing.T) {
		said := judge(t, shapes, facts(t, p), "--identity-label", "spiffe.io/spire-managed-identity")
		require.Equal(t, outcome.Unregistered, said["unlabelled"].Verdict, "as with the label that the ClusterSPIFFEID has")
		require.EqualValues(t, "IdentityLabelDiffers", said["unlabelled"].VerdictReason)
		require.Equal(t, outcome.SPIRE, said["good"].Verdict)
	})
}

// registerShapes registers the pods with the managed-identity label.
func registerShapes(t *testing.T, p *plane.Plane) {
	t.Helper()
	p.Client.ApplyAll(t, `apiVersion: spire.spiffe.io/v1alpha1
kind: ClusterSPIFFEID
metadata: {name: enmesh}
spec:
  spiffeIDTemplate: 'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}'
  podSelector: {matchLabels: {spire-managed-identity: 'true'}}
---
apiVersion: spire.spiffe.io/v1alpha1
kind: ClusterSPIFFEID
metadata: {name: elsewhere}
spec:
  spiffeIDTemplate: 'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}'
  podSelector: {matchLabels: {registered: elsewhere}}
  workloadSelectorTemplates: ['k8s:ns:default']
`, "")
}

// compareShapes creates pods, and compares their fates with what enmesh says of them.
func compareShapes(t *testing.T, p *plane.Plane, shapes []map[string]any, assumed map[string]string) {
	t.Helper()
	said := judge(t, shapes, facts(t, p))
	fates := map[string]*fate{}
	for _, shape := range shapes {
		f := &fate{}
		fates[nameOf(shape)] = f
		if err := p.Client.Apply(shape, shapesNamespace); err != nil {
			var refused *plane.Refused
			require.ErrorAs(t, err, &refused)
			f.refused = refused.Message
		}
	}
	var created []corev1.Pod
	for _, pod := range pods(t, p) {
		if fates[pod.Name] != nil {
			created = append(created, pod)
		}
	}
	awaitEntries(t, p, created, said)
	observe(t, p, created, fates)

	var table strings.Builder
	fmt.Fprintf(&table, "%-24s %-34s %s\n", "shape", "enmesh", "the control plane")
	for _, shape := range shapes {
		name := nameOf(shape)
		pod, f := said[name], fates[name]
		fmt.Fprintf(&table, "%-24s %-34s %s\n", name, strings.TrimSpace(fmt.Sprint(pod.Verdict, " ", pod.VerdictReason)), f)
		t.Run(name, func(t *testing.T) {
			if why := assumed[name]; why != "" { // must be seen to be so, or it is no exception
				require.NotEqual(t, f.verdict(), pod.Verdict, why)
				return
			}
			require.Equal(t, f.verdict(), pod.Verdict, "%s: %s", pod.VerdictReason, f)
			if f.refused != "" {
				require.Empty(t, pod.Entries)
				return
			}
			require.Len(t, pod.Entries, f.entries)
			if f.verdict() == outcome.SPIRE {
				require.Equal(t, f.spiffeID, pod.Entries[0].SPIFFEID)
			}
		})
	}
	t.Log("\n" + table.String())
}

func nameOf(o map[string]any) string {
	name, _ := o["metadata"].(map[string]any)["name"].(string)
	return name
}

// readShapes completes the shapes in a file to pods.
func readShapes(t *testing.T, file string) []map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	shapes := plane.Objects(t, string(text))
	for _, shape := range shapes {
		shape["apiVersion"], shape["kind"] = "v1", "Pod"
		metadata := shape["metadata"].(map[string]any)
		if metadata["namespace"] == nil {
			metadata["namespace"] = shapesNamespace
		}
		labels := map[string]any{"app": metadata["name"], "sidecar.istio.io/inject": "true", "spire-managed-identity": "true"}
		own, _ := metadata["labels"].(map[string]any)
		maps.Copy(labels, own)
		maps.DeleteFunc(labels, func(_ string, value any) bool { return value == nil })
		metadata["labels"] = labels
		spec, _ := shape["spec"].(map[string]any)
		if spec == nil {
			spec = map[string]any{}
			shape["spec"] = spec
		}
		if spec["containers"] == nil {
			spec["containers"] = []any{map[string]any{"name": "app", "image": "app"}}
		}
	}
	return shapes
}

// injectedBeforehand returns pods with proxies of their own, as `istioctl kube-inject` makes them: those that the injector makes of
// shapes, with injection turned off. Of one, the proxy does not mount the socket, and a template adds it to the pod.
func injectedBeforehand(t *testing.T, p *plane.Plane, shapes []map[string]any) []map[string]any {
	t.Helper()
	var injected []map[string]any
	add := func(name, shape string, change func(pod *corev1.Pod)) {
		at := slices.IndexFunc(shapes, func(o map[string]any) bool { return nameOf(o) == shape })
		var pod corev1.Pod
		require.NoError(t, p.Client.Post("/api/v1/namespaces/"+shapesNamespace+"/pods?dryRun=All", shapes[at], &pod))
		pod.ObjectMeta = metav1.ObjectMeta{Name: name, Namespace: shapesNamespace, Labels: pod.Labels, Annotations: pod.Annotations}
		pod.APIVersion, pod.Kind, pod.Status = "v1", "Pod", corev1.PodStatus{}
		change(&pod)
		text, err := json.Marshal(pod)
		require.NoError(t, err)
		injected = append(injected, plane.Objects(t, string(text))...)
	}
	off := func(pod *corev1.Pod) { pod.Labels["sidecar.istio.io/inject"] = "false" }
	add("kube-injected", "no-spire", off)
	add("kube-injected-socket", "good", off)
	add("own-proxy", "no-spire", func(pod *corev1.Pod) {
		pod.Annotations["inject.istio.io/templates"] = "spire"
		pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "workload-socket" })
		for i := range pod.Spec.InitContainers {
			c := &pod.Spec.InitContainers[i]
			c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == "workload-socket" })
		}
	})
	return injected
}

// awaitEntries waits until SPIRE has as many entries for the pods as enmesh says, or for a few seconds: the test then says what is
// different.
func awaitEntries(t *testing.T, p *plane.Plane, created []corev1.Pod, said map[string]outcome.Pod) {
	t.Helper()
	for range 50 {
		shown, complete := p.EntryShow(t), true
		for _, pod := range created {
			complete = complete && strings.Count(shown, "pod-uid:"+string(pod.UID)) == len(said[pod.Name].Entries)
		}
		if complete {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
