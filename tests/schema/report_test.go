package schema

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/stream"
)

// Each report fits the schema, in both forms: of every case, in every mode, and of a job that failed.
func TestReports(t *testing.T) {
	schema := validator(t, "fn/report/report.schema.json")
	valid := func(r report.Report, name string) {
		asJSON, err := r.JSON()
		require.NoError(t, err)
		require.Empty(t, problems(t, schema, asJSON), "%s\n%s", name, asJSON)
		asYAML, err := r.YAML()
		require.NoError(t, err)
		fromYAML, err := yaml.YAMLToJSON(asYAML)
		require.NoError(t, err)
		require.JSONEq(t, string(asJSON), string(fromYAML))
	}
	valid(report.New(nil, errors.New("it failed")), "failed")
	cases, err := filepath.Glob("fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	pods := 0
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		parts := map[string][]byte{"config.yaml": []byte("spec: {all: true}\n")}
		for _, part := range archive.Files {
			parts[part.Name] = part.Data
		}
		enrollment, err := config.Decode(append([]byte(head), parts["config.yaml"]...))
		require.NoError(t, err)
		for _, mode := range []config.Mode{config.Enroll, config.Check, config.Unenroll} {
			enrollment.Spec.Mode = mode
			transformer, err := fn.New(enrollment)
			require.NoError(t, err)
			var cluster []stream.Stream
			if parts["cluster.yaml"] != nil {
				cluster = []stream.Stream{{Name: "cluster.yaml", Bytes: parts["cluster.yaml"]}}
			}
			out, err := transformer.TransformIn(cluster, stream.Stream{Name: "in.yaml", Bytes: parts["in.yaml"]})
			r := report.New(out, err)
			pods += len(r.Pods)
			valid(r, file)
		}
	}
	require.NotZero(t, pods)
}
