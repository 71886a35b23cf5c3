package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/page"
	"enmesh.dev/enmesh/fn/stream"
)

// crowd is a report of many pods in many namespaces.
func crowd(t testing.TB, pods int) report.Report {
	t.Helper()
	var b strings.Builder
	for i := range pods {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: app-%d\n  namespace: team-%d\n  labels:\n    app: app-%[1]d\nspec:\n  serviceAccountName: app\n"+
			"  containers:\n  - name: app\n    image: registry.example.org/app\n", i, i%200)
	}
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, PeerAuthentication: "STRICT"}})
	require.NoError(t, err)
	out, err := transformer.Transform(stream.Stream{Name: "pods.yaml", Bytes: []byte(b.String())})
	require.NoError(t, err)
	return report.New(out, nil)
}

func BenchmarkHTML(b *testing.B) {
	for _, pods := range []int{3, 300, 20000} {
		r := crowd(b, pods)
		b.Run(fmt.Sprint(pods, " pods"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, err := page.HTML(r)
				require.NoError(b, err)
				b.SetBytes(int64(len(text)))
			}
		})
	}
}
