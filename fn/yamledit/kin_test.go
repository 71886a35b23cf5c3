package yamledit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// In a plain document the way to a node's place finds what the index of all nodes holds.
func TestKin(t *testing.T) {
	nodes := 0
	for _, text := range append(proofTexts(), corpusDocuments(t, 100)...) {
		d, err := Parse([]byte(text))
		if err != nil || !d.isPlain {
			continue
		}
		indexed := Document{root: d.root}
		var visit func(n *yaml.Node)
		visit = func(n *yaml.Node) {
			nodes++
			require.Equal(t, indexed.kin(n), d.kin(n), "line %d of %q", n.Line, text)
			for _, child := range n.Content {
				visit(child)
			}
		}
		visit(d.root)
		require.Zero(t, d.kin(&yaml.Node{Line: 1}))
	}
	require.Greater(t, nodes, 1000)
}
