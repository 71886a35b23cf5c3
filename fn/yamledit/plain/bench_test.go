package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/internal/sample"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// BenchmarkRead is beside the library, on what both can read.
func BenchmarkRead(b *testing.B) {
	for name, text := range map[string][]byte{"deployment": sample.First(sample.Pods(1)), "injector": sample.Injector()} {
		b.Run("plain/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				memory := plain.Borrow()
				require.NotNil(b, memory.Read(text))
				memory.Return()
			}
		})
		b.Run("library/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var node yaml.Node
				require.NoError(b, yaml.Unmarshal(text, &node))
			}
		})
	}
}
