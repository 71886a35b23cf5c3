package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/sample"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/stream"
)

// BenchmarkReport writes the report of 2000 pods in each form.
func BenchmarkReport(b *testing.B) {
	t, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	require.NoError(b, err)
	out, err := t.Transform(stream.Stream{Name: "pods.yaml", Bytes: sample.Pods(2000)})
	require.NoError(b, err)
	for name, form := range map[string]func(report.Report) ([]byte, error){
		"json":     report.Report.JSON,
		"yaml":     report.Report.YAML,
		"markdown": report.Report.Markdown,
		"entries":  report.Report.Entries,
		"table":    func(r report.Report) ([]byte, error) { return r.Table(false) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, err := form(report.New(out, nil))
				require.NoError(b, err)
				b.SetBytes(int64(len(text)))
			}
		})
	}
}
