package fn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/sample"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/stream"
)

// road is what each step of the transformer returned.
type road struct {
	t         *Transformer
	streams   []stream.Stream
	documents []stream.Document
	sources   []source
	facts     *mesh.Facts
	planned   planned
	decisions []decision
	found     inspection
}

// steps are those of Transformer.transform.
var steps = []struct {
	name string
	do   func(*road) error
}{
	{"documents", func(r *road) (err error) {
		r.documents, err = stream.Documents(r.streams, true, r.t.interestIn(matters{callers: true}))
		return err
	}},
	{"read", func(r *road) (err error) {
		r.sources, err = r.t.read(r.documents, r.streams, matters{callers: true})
		return err
	}},
	{"gather", func(r *road) error {
		r.facts, r.planned.policies = r.t.gather(r.sources, matters{callers: true})
		return nil
	}},
	{"decide", func(r *road) error {
		r.decisions = r.t.decide(r.sources, r.facts, r.planned)
		return nil
	}},
	{"inspect", func(r *road) error {
		r.found = r.t.inspect(r.streams, r.decisions, r.facts)
		return nil
	}},
	{"assemble", func(r *road) error {
		_, err := r.t.assemble(r.streams, r.decisions, r.found, r.facts)
		return err
	}},
}

// BenchmarkStep takes each step alone, with those before it outside of the time: 1000 workloads, each with a Service and a policy.
func BenchmarkStep(b *testing.B) {
	t, err := New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	require.NoError(b, err)
	streams := []stream.Stream{{Bytes: append(sample.Pods(1000), sample.Mesh(1000)...)}}
	for i, step := range steps {
		b.Run(step.name, func(b *testing.B) {
			b.SetBytes(int64(len(streams[0].Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				r := &road{t: t, streams: streams}
				for _, before := range steps[:i] {
					require.NoError(b, before.do(r))
				}
				b.StartTimer()
				require.NoError(b, step.do(r))
			}
		})
	}
}
