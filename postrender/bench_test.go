package postrender

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// workload is a small one.
func workload(i int) []byte {
	return fmt.Appendf(nil, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%d\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n"+
		"    spec:\n      serviceAccountName: web\n      containers:\n      - name: web\n        image: web:v1\n", i)
}

// BenchmarkRead finds and reads a folder of 2000 files.
func BenchmarkRead(b *testing.B) {
	folder := b.TempDir()
	for i := range 2000 {
		require.NoError(b, os.WriteFile(filepath.Join(folder, fmt.Sprint(i, ".yaml")), workload(i), 0o644))
	}
	b.ReportAllocs()
	for b.Loop() {
		streams, err := readCluster([]string{folder})
		require.NoError(b, err)
		require.Len(b, streams, 2000)
	}
}

// enrolled is the outcome of a stream of 2000 workloads.
func enrolled(b *testing.B) *outcome.Outcome {
	var text bytes.Buffer
	for i := range 2000 {
		text.Write(workload(i))
	}
	t, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	require.NoError(b, err)
	out, err := t.Transform(stream.Stream{Name: "pods.yaml", Bytes: text.Bytes()})
	require.NoError(b, err)
	return out
}

// BenchmarkWrite writes the enrolled stream.
func BenchmarkWrite(b *testing.B) {
	out := enrolled(b)
	b.SetBytes(int64(len(out.Edits[0].Stream.Bytes)))
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, (&job{}).writeOutput(io.Discard, out))
	}
}

// BenchmarkMessages says what was done with each pod.
func BenchmarkMessages(b *testing.B) {
	out := enrolled(b)
	b.ReportAllocs()
	for b.Loop() {
		newMessages(false, true, false).print(io.Discard, out, false)
	}
}
