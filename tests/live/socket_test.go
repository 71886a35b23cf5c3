package live

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

// testWithoutSocket holds what CONFIGURATION.md says of a node without SPIRE's socket. In the CSI driver's volume, which is read-only, the
// proxy gets no certificate, and says so late; with a required socket file it ends at once; where it can write to the volume, it takes
// a certificate of istiod's. The pods are shapes.
func testWithoutSocket(t *testing.T, p *plane.Plane) {
	n := node(t, p)
	n.CSI = t.TempDir()
	proxy := func(name string) (identity, time.Duration, error) {
		var pod corev1.Pod
		require.NoError(t, p.Client.Get("/api/v1/namespaces/"+shapesNamespace+"/pods/"+name, &pod))
		start := time.Now()
		got, err := runProxy(n, &pod)
		if errors.Is(err, kubelet.ErrNotPossible) {
			t.Skip(err)
		}
		return got, time.Since(start), err
	}
	_, _, err := proxy("good")
	require.ErrorContains(t, err, "read-only file system")
	_, early, err := proxy("socket-file")
	require.ErrorContains(t, err, "istio-proxy has ended")
	require.Less(t, early, 20*time.Second)
	got, _, err := proxy("no-spire")
	require.NoError(t, err)
	require.NotEqual(t, plane.SPIREAuthority, got.authority)
}
