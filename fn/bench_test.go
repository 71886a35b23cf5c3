package fn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/sample"
	"enmesh.dev/enmesh/fn/stream"
)

func BenchmarkTransform(b *testing.B) {
	benchmarkTransform(b, "corpus", config.MeshEnrollmentSpec{All: true}, stream.Stream{Bytes: sample.Corpus()})
	benchmarkTransform(b, "workloads", config.MeshEnrollmentSpec{All: true}, stream.Stream{Bytes: sample.Pods(1000)})
	benchmarkTransform(b, "services", config.MeshEnrollmentSpec{All: true}, stream.Stream{Bytes: sample.Services(10_000)})
}

// BenchmarkFiles takes a file for each workload, beside one stream of the same bytes.
func BenchmarkFiles(b *testing.B) {
	text := sample.Pods(5000)
	var files []stream.Stream
	for span := range stream.Split(text) {
		files = append(files, stream.Stream{Name: fmt.Sprint(len(files), ".yaml"), Bytes: text[span.Start:span.End]})
	}
	check := config.MeshEnrollmentSpec{All: true, Mode: config.Check}
	benchmarkTransform(b, "files", check, files...)
	benchmarkTransform(b, "stream", check, stream.Stream{Bytes: text})
}

// BenchmarkPodFree takes a stream that enmesh only looks at.
func BenchmarkPodFree(b *testing.B) {
	benchmarkTransform(b, "stream", config.MeshEnrollmentSpec{All: true}, stream.Stream{Bytes: sample.Services(200_000)})
}

func benchmarkTransform(b *testing.B, name string, spec config.MeshEnrollmentSpec, streams ...stream.Stream) {
	size := 0
	for _, s := range streams {
		size += len(s.Bytes)
	}
	b.Run(name, func(b *testing.B) {
		if size == 0 {
			b.Skip("there are no charts")
		}
		t, err := fn.New(config.MeshEnrollment{Spec: spec})
		require.NoError(b, err)
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			_, err := t.Transform(streams...)
			require.NoError(b, err)
		}
	})
}
