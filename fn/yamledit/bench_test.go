package yamledit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/internal/sample"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	deployment = sample.First(sample.Pods(1))
	settings   = yamledit.Map(yamledit.Entry{Key: "sidecar.istio.io/inject", Value: yamledit.String("true")})
)

// label adds an entry to the labels of the Deployment's pods.
func label(b *testing.B, d *yamledit.Document) {
	require.NoError(b, d.Merge(yamledit.Lookup(d.Root(), "spec", "template", "metadata", "labels"), settings))
}

// batch is how many documents an iteration takes, where what is before the measured step stops the clock.
const batch = 100

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(deployment)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := yamledit.Parse(deployment)
		require.NoError(b, err)
	}
}

// BenchmarkMerge queues edits of 100 documents.
func BenchmarkMerge(b *testing.B) {
	benchmarkBatch(b, func(*testing.B, *yamledit.Document) {}, label)
}

// BenchmarkFinish proves the edits of 100 documents.
func BenchmarkFinish(b *testing.B) {
	benchmarkBatch(b, label, func(b *testing.B, d *yamledit.Document) {
		edits, err := d.Finish()
		require.NoError(b, err)
		require.NotEmpty(b, edits)
	})
}

func benchmarkBatch(b *testing.B, before, do func(*testing.B, *yamledit.Document)) {
	b.SetBytes(int64(batch * len(deployment)))
	b.ReportAllocs()
	documents := make([]*yamledit.Document, batch)
	for b.Loop() {
		b.StopTimer()
		for i := range documents {
			d, err := yamledit.Parse(deployment)
			require.NoError(b, err)
			before(b, d)
			documents[i] = d
		}
		b.StartTimer()
		for _, d := range documents {
			do(b, d)
		}
	}
}

// BenchmarkSplice writes 100 documents.
func BenchmarkSplice(b *testing.B) {
	d, err := yamledit.Parse(deployment)
	require.NoError(b, err)
	label(b, d)
	edits, err := d.Finish()
	require.NoError(b, err)
	b.SetBytes(int64(batch * len(deployment)))
	b.ReportAllocs()
	for b.Loop() {
		for range batch {
			yamledit.Splice(deployment, edits)
		}
	}
}

// BenchmarkEmbedded adds a template to the document in istiod's ConfigMap.
func BenchmarkEmbedded(b *testing.B) {
	text := sample.Injector()
	template := yamledit.Map(yamledit.Entry{Key: "spire", Value: yamledit.String("spec: {}\n")})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := yamledit.Parse(text)
		require.NoError(b, err)
		data := yamledit.Lookup(d.Root(), "data")
		inner, err := d.Embed(data, "config")
		require.NoError(b, err)
		require.NoError(b, inner.Merge(yamledit.Lookup(inner.Root(), "templates"), template))
		require.NoError(b, d.SetEmbedded(data, "config", inner))
		_, err = d.Finish()
		require.NoError(b, err)
	}
}
