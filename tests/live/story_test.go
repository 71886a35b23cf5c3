package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

const storyNamespace = "demo"

// testStory follows the guide from top to bottom: its gateway, server and client join the mesh by enmesh. SPIRE has the entries that
// enmesh predicted, each proxy gets the certificate that enmesh predicted, and the two speak mutual TLS with them.
func testStory(t *testing.T, p *plane.Plane) {
	p.CreateNamespace(t, storyNamespace, nil)
	p.Client.ApplyAll(t, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: myapi}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: myclient}\n", storyNamespace)

	dir := t.TempDir()
	config := filepath.Join(dir, "enmesh.yaml")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf(`apiVersion: enmesh.dev/v1alpha1
kind: MeshEnrollment
spec:
  all: true
  trustDomain: %s
  namespace: %s
  peerAuthentication: STRICT
  peerAuthenticationVersion: v1beta1
  clusterSPIFFEID: {hint: mesh}
`, plane.TrustDomain, storyNamespace)), 0o644))
	entries := filepath.Join(dir, "story.entries")
	manifests := "../../examples/mesh/manifests/"
	client, err := os.ReadFile(manifests + "myclient.yaml")
	require.NoError(t, err)
	clients := filepath.Join(dir, "myclient.yaml") // two of them, for SPIRE has an entry for each
	require.NoError(t, os.WriteFile(clients, []byte(strings.Replace(string(client), "replicas: 1", "replicas: 2", 1)), 0o644))
	cmd := exec.Command(plane.Tool(t, "enmesh"), "--config", config, "--report", entries, manifests+"gateway.yaml", manifests+"myapi.yaml", clients)
	stream, err := cmd.Output()
	require.NoError(t, err)
	p.Client.ApplyAll(t, string(stream), storyNamespace)

	predicted, err := os.ReadFile(entries)
	require.NoError(t, err)
	var shown string
	plane.Await(t, "SPIRE has the predicted entries", time.Minute, func() error {
		if shown = inWordsOfPrediction(t, p, p.EntryShow(t)); shown != string(predicted) {
			return fmt.Errorf("predicted:\n%s\nSPIRE has:\n%s", predicted, shown)
		}
		return nil
	})
	secrets := map[string]identity{}
	n := node(t, p)
	for _, pod := range pods(t, p, storyNamespace, "istio-system") {
		name := workloadOf(t, p, pod)
		if !hasProxy(&pod) { // istiod's own, which runs elsewhere
			continue
		}
		got, err := runProxy(n, &pod)
		if errors.Is(err, kubelet.ErrNotPossible) {
			t.Skip(err)
		}
		require.NoError(t, err, name)
		require.Equal(t, plane.SPIREAuthority, got.authority, name)
		require.Contains(t, string(predicted), "SPIFFE ID        : "+got.spiffeID+"\n", name)
		secrets[name] = got
	}
	require.Len(t, secrets, 3)
	require.Contains(t, string(predicted), "each of the 2 pods of the Deployment demo/myclient")
	requireMutualTLS(t, secrets["Deployment demo/myapi"], secrets["Deployment demo/myclient"])
}

var (
	header  = regexp.MustCompile(`^Found \d+ entr(y|ies)\n`)
	entryID = regexp.MustCompile(`(Entry ID\s+: )\S+`)
	parent  = regexp.MustCompile(`(Parent ID\s+: )\S+`)
	podUID  = regexp.MustCompile(`pod-uid:(\S+)`)
)

// inWordsOfPrediction puts what only the cluster knows in the words of enmesh's report, which has the entries of a workload's pods
// once.
func inWordsOfPrediction(t *testing.T, p *plane.Plane, shown string) string {
	t.Helper()
	workloads, count := map[string]string{}, map[string]int{} // by the UIDs of their pods; how many pods
	for _, pod := range pods(t, p) {
		name := workloadOf(t, p, pod)
		workloads[string(pod.UID)] = name
		count[name]++
	}
	shown = header.ReplaceAllString(shown, "")
	shown = entryID.ReplaceAllString(shown, "${1}<SPIRE's>")
	shown = parent.ReplaceAllString(shown, "${1}<the agent of the pod's node>")
	shown = podUID.ReplaceAllStringFunc(shown, func(selector string) string {
		name := workloads[strings.TrimPrefix(selector, "pod-uid:")]
		if count[name] > 1 {
			return fmt.Sprintf("pod-uid:<of each of the %d pods of the %s>", count[name], name)
		}
		return "pod-uid:<of the pod of the " + name + ">"
	})
	var once []string
	for entry := range strings.SplitAfterSeq(shown, "\n\n") {
		if !slices.Contains(once, entry) {
			once = append(once, entry)
		}
	}
	return strings.Join(once, "")
}

// pods lists the pods of namespaces, or all.
func pods(t *testing.T, p *plane.Plane, namespaces ...string) []corev1.Pod {
	t.Helper()
	if len(namespaces) == 0 {
		var list corev1.PodList
		require.NoError(t, p.Client.Get("/api/v1/pods", &list))
		return list.Items
	}
	var all []corev1.Pod
	for _, namespace := range namespaces {
		var list corev1.PodList
		require.NoError(t, p.Client.Get("/api/v1/namespaces/"+namespace+"/pods", &list))
		all = append(all, list.Items...)
	}
	return all
}

// workloadOf names the workload that a pod belongs to, as enmesh's report does: a pod's ReplicaSet belongs to a Deployment.
func workloadOf(t *testing.T, p *plane.Plane, pod corev1.Pod) string {
	t.Helper()
	kind, name, owners := "Pod", pod.Name, pod.OwnerReferences
	for len(owners) > 0 {
		kind, name = owners[0].Kind, owners[0].Name
		var owner corev1.Pod // any kind has metadata
		resources := map[string]string{"ReplicaSet": "apps/v1/%s/replicasets", "Job": "batch/v1/%s/jobs"}[kind]
		if resources == "" {
			break
		}
		require.NoError(t, p.Client.Get("/apis/"+fmt.Sprintf(strings.Replace(resources, "%s", "namespaces/%s", 1), pod.Namespace)+"/"+name, &owner))
		owners = owner.OwnerReferences
	}
	return kind + " " + pod.Namespace + "/" + name
}
