package mesh

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/version"
)

// Versions of kubelets, with whatever a distribution adds, compare as in Kubernetes.
func FuzzKubelet(f *testing.F) {
	for _, text := range []string{"", "v1.33.0", "v1.32.9", "1.33", "1.9", "v2.0.0", "v0.40", "v1.33.4-gke.1134000", "v1.32.6+k3s1", "v1.34.0-alpha.1", " v1.33", "v1.033", "v01.33",
		"v1", "one", "v1.33.x", "v1.", "V1.33", "v1.33\n", "v1.33 ", "-1.33", "v1..33"} {
		f.Add(text)
	}
	large := regexp.MustCompile(`[0-9]{19}`)
	f.Fuzz(func(t *testing.T, text string) {
		if large.MatchString(text) {
			t.Skip() // the limits of numbers differ
		}
		native, known := nativeKubelet(text)
		kubelet, err := version.ParseGeneric(text)
		require.Equal(t, err == nil, known, "%q", text)
		if known {
			require.Equal(t, kubelet.AtLeast(version.MustParseGeneric("1.33")), native, "%q", text)
		}
	})
}
