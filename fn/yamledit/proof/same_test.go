package proof

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit/library"
)

func TestSame(t *testing.T) {
	root, err := library.Read([]byte("# c\na: b\n"))
	require.NoError(t, err)
	for _, c := range []struct {
		a, b *yaml.Node
		line int
		ok   bool
	}{{nil, nil, 0, true}, {root, nil, 0, false}, {nil, root, 2, false}, {root, root, 0, true}} {
		line, ok := Same(c.a, c.b)
		require.Equal(t, c.line, line)
		require.Equal(t, c.ok, ok)
	}
}
