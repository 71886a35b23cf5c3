package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

// fate is what becomes of a pod in the cluster.
type fate struct {
	refused  string // by the API server, with its words
	injected bool
	image    string // one that no kubelet can pull
	socket   string // the source of the volume workload-socket
	entries  int
	identity string // the certificate's authority, or why there is none
	spiffeID string
}

// verdict is the fate in enmesh's words. A pod that the API server takes, and that then cannot start, is refused as well.
func (f fate) verdict() outcome.Verdict {
	switch {
	case f.refused != "", f.image != "":
		return outcome.Refused
	case !f.injected:
		return outcome.Bare
	case f.identity == plane.SPIREAuthority:
		return outcome.SPIRE
	case f.spiffeID != "":
		return outcome.IstiodCA
	case f.entries == 0:
		return outcome.Unregistered
	}
	return outcome.Refused
}

func (f fate) String() string {
	if f.refused != "" {
		return "refused: " + f.refused
	}
	if !f.injected {
		return strings.TrimSpace(fmt.Sprintf("not injected, entries %d %s", f.entries, f.image))
	}
	return fmt.Sprintf("injected, socket %s, entries %d, certificate: %s %s", f.socket, f.entries, f.identity, f.spiffeID)
}

const shapesNamespace = "shapes"

// assumed are the shapes of which enmesh says what it takes for granted, because nothing that it reads shows it, and why it is not so
// here.
var assumed = map[string]string{
	"socket-file": "SPIRE's agent has no socket of the name that the pod asks for, so its proxy ends at once",
}

// testShapes compares what enmesh says of pods as they stand with what becomes of them: whether the API server takes each, whether it is
// injected and with which volume, whether SPIRE has an entry for it, and whose certificate its proxy gets.
func testShapes(t *testing.T, p *plane.Plane, assumed map[string]string) {
	p.CreateNamespace(t, shapesNamespace, nil)
	p.CreateNamespace(t, "disabled", map[string]any{"istio-injection": "disabled"})
	p.CreateNamespace(t, "enabled", map[string]any{"istio-injection": "enabled"})
	p.Client.ApplyAll(t, `apiVersion: spire.spiffe.io/v1alpha1
kind: ClusterSPIFFEID
metadata: {name: enmesh}
spec:
  spiffeIDTemplate: 'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}'
  podSelector: {matchLabels: {spire-managed-identity: 'true'}}
`, "")
	p.Client.Create(t, "/api/v1/namespaces/"+shapesNamespace+"/configmaps", map[string]any{"metadata": map[string]any{"name": "credentials"}, "data": credentialFiles(t)})
	shapes := readShapes(t)
	said := judge(t, p, shapes)
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

// readShapes completes the shapes to pods.
func readShapes(t *testing.T) []map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/shapes.yaml")
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

// judge asks enmesh what becomes of pods as they stand, with what the cluster has beside them: istiod's ConfigMaps, namespaces and
// ClusterSPIFFEIDs.
func judge(t *testing.T, p *plane.Plane, objects []map[string]any) map[string]outcome.Pod {
	t.Helper()
	said := map[string]outcome.Pod{}
	for _, pod := range report(t, streamOf(t, slices.Concat(objects, facts(t, p))), "--check", "--namespace", shapesNamespace, "--trust-domain", plane.TrustDomain) {
		said[pod.Resource.Name] = pod
	}
	return said
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
	for path, kind := range map[string]string{"/api/v1/namespaces/istio-system/configmaps": "ConfigMap", "/api/v1/namespaces": "Namespace",
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

// observe fills in what became of the pods that were created. It runs several proxies at once.
func observe(t *testing.T, p *plane.Plane, created []corev1.Pod, fates map[string]*fate) {
	t.Helper()
	shown := p.EntryShow(t)
	var proxies sync.WaitGroup
	room := make(chan struct{}, 4)
	n := node(t, p)
	var notPossible error
	for i := range created {
		pod := &created[i]
		f := fates[pod.Name]
		f.entries = strings.Count(shown, "pod-uid:"+string(pod.UID))
		f.injected = isInjected(pod)
		for _, c := range pod.Spec.Containers {
			if c.Name == "istio-proxy" && c.Image == "auto" {
				f.image = "ImagePullBackOff: auto"
			}
		}
		for _, v := range pod.Spec.Volumes {
			if v.Name == "workload-socket" {
				f.socket = sourceOf(v.VolumeSource)
			}
		}
		if !f.injected {
			continue
		}
		proxies.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			got, err := runProxy(n, pod)
			f.identity, f.spiffeID = got.authority, got.spiffeID
			if errors.Is(err, kubelet.ErrNotPossible) {
				notPossible = err
			} else if err != nil {
				f.identity = "none: " + strings.SplitN(err.Error(), "\n", 2)[0]
			}
		})
	}
	proxies.Wait()
	if notPossible != nil {
		t.Skip(notPossible)
	}
}

// isInjected says whether a pod has a proxy from Istio's injector, which leaves an annotation.
func isInjected(pod *corev1.Pod) bool {
	return pod.Annotations["sidecar.istio.io/status"] != "" && slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool {
		return c.Name == "istio-proxy" && c.Image != "auto"
	})
}

func sourceOf(v corev1.VolumeSource) string {
	text, _ := json.Marshal(v)
	var sources map[string]any
	_ = json.Unmarshal(text, &sources)
	return strings.Join(slices.Sorted(maps.Keys(sources)), "+")
}
