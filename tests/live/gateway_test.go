package live

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

const gatewaysNamespace = "gateways"

// testGateways holds what enmesh makes and says of Gateways of the Gateway API: istiod makes their pods of what comes out, with SPIRE's volume and
// the labels that the pods had before; SPIRE has the entry that was predicted, and the proxy gets that identity.
func testGateways(t *testing.T, p *plane.Plane) {
	p.CreateNamespace(t, gatewaysNamespace, nil)
	registerShapes(t, p)
	text, err := os.ReadFile("testdata/gateways.yaml")
	require.NoError(t, err)
	cluster := filepath.Join(t.TempDir(), "cluster.yaml")
	require.NoError(t, os.WriteFile(cluster, []byte(streamOf(t, facts(t, p))), 0o644))
	flags := []string{"--all", "--cluster", cluster, "--namespace", gatewaysNamespace, "--trust-domain", plane.TrustDomain}
	p.Client.ApplyAll(t, enrolled(t, string(text), flags...), gatewaysNamespace)
	said := map[string]outcome.Pod{}
	for _, pod := range report(t, string(text), flags...) {
		said[pod.Resource.Name] = pod
	}
	require.Len(t, said, 7)
	require.Equal(t, outcome.Refused, said["refused"].Verdict)
	delete(said, "refused")

	n := node(t, p)
	for name, want := range said {
		pod := awaitPod(t, p, gatewaysNamespace, "gateway.networking.k8s.io/gateway-name", name)
		at := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "workload-socket" })
		require.GreaterOrEqual(t, at, 0, name)
		require.Equal(t, "false", pod.Labels["sidecar.istio.io/inject"], name)
		if name == "out" {
			require.Equal(t, outcome.IstiodCA, want.Verdict)
			require.Nil(t, pod.Spec.Volumes[at].CSI)
			continue
		}
		require.Equal(t, outcome.SPIRE, want.Verdict, name)
		require.NotNil(t, pod.Spec.Volumes[at].CSI, name)
		require.Nil(t, pod.Spec.Volumes[at].EmptyDir, name)
		requireIdentity(t, p, n, pod, want)
		switch name { // what the pods had before, they have still
		case "labelled":
			require.Equal(t, "shop", pod.Labels["team"])
			require.True(t, strings.HasSuffix(want.SPIFFEID, "/sa/front"), want.SPIFFEID)
		case "waypoint":
			require.Equal(t, "service", pod.Labels["istio.io/waypoint-for"])
		case "overlaid":
			require.Equal(t, "overlay", pod.Annotations["from"])
			require.Equal(t, "overlaid", pod.Labels["app"])
		case "many-labels":
			require.Equal(t, "1", pod.Labels["h"])
		}
	}
	for _, pod := range pods(t, p, gatewaysNamespace) { // those of all others are there by now
		require.NotEqual(t, "refused", pod.Labels["gateway.networking.k8s.io/gateway-name"])
	}
}

// awaitPod waits for the pod with a label.
func awaitPod(t *testing.T, p *plane.Plane, namespace, key, value string) (found corev1.Pod) {
	t.Helper()
	plane.Await(t, fmt.Sprintf("there is a pod with %s=%s", key, value), time.Minute, func() error {
		for _, pod := range pods(t, p, namespace) {
			if pod.Labels[key] == value && pod.Spec.NodeName != "" {
				found = pod
				return nil
			}
		}
		return errors.New("there is none")
	})
	return found
}
