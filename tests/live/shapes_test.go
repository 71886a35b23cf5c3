package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

// fate is what becomes of a pod in the cluster.
type fate struct {
	refused  string // by the API server, with its words
	injected bool   // or has a proxy of its own
	image    string // one that no kubelet can pull
	socket   string // the source of the volume workload-socket
	entries  int
	waits    bool   // the proxy runs, and gets no certificate
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
	case f.entries == 0, f.waits:
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
		f.injected = hasProxy(pod)
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
				f.waits = errors.Is(err, errWaits)
				f.identity = "none: " + strings.SplitN(err.Error(), "\n", 2)[0]
			}
		})
	}
	proxies.Wait()
	if notPossible != nil {
		t.Skip(notPossible)
	}
}

// hasProxy says whether a pod has a proxy, from Istio's injector or of its own.
func hasProxy(pod *corev1.Pod) bool {
	return slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool {
		return c.Name == "istio-proxy" && c.Image != "auto" && (slices.Contains(c.Args, "sidecar") || slices.Contains(c.Args, "router"))
	})
}

func sourceOf(v corev1.VolumeSource) string {
	text, _ := json.Marshal(v)
	var sources map[string]any
	_ = json.Unmarshal(text, &sources)
	return strings.Join(slices.Sorted(maps.Keys(sources)), "+")
}
