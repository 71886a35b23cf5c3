package yamledit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A long list comes out as it does from Merge, wherever it goes.
func TestMergeLong(t *testing.T) {
	item := func(i int) *yaml.Node {
		n, err := FromJSON(map[string]any{"message": fmt.Sprint("pod ", i, ": a\tb"), "severity": "info", "n": i, "ok": i%2 == 0, "none": nil,
			"lines": "a\nb\n", "tags": map[string]string{"reason": "yes", "x": ""}})
		if err != nil {
			panic(err)
		}
		return n
	}
	for _, text := range []string{
		"a: b\n", "a: b", "items:\n- a: b\n", "items:\n  - a: b\n", "items:\n  - a: b\nz: y\n", "a: b\r\nitems:\r\n- c: d\r\n",
		"results:\n- a: b\nz: y\n", "results:\n    -   a: b\n", "results: []\na: b\n", "results: [{a: b}]\n", "{a: b}\n", "results:\na: b\n",
		"a: |\n  b", "a: |\n  b\n", "'a': \"b\"\nitems:\n- \"c\": 'd'\n", "# c\na: b\n# d\n", "a: b\n...\n", "---\na: b\n", "a: |+\n  b\n\n",
	} {
		for _, length := range []int{1, 2, pieceLength + 3, 2*pieceLength + 1} {
			all, err := Parse([]byte(text))
			require.NoError(t, err)
			require.NoError(t, all.mergeAll(all.Root(), "results", length, item))
			want, err := all.Finish()
			require.NoError(t, err)
			long, err := Parse([]byte(text))
			require.NoError(t, err)
			require.NoError(t, long.MergeLong(long.Root(), "results", length, item))
			got, err := long.Finish()
			require.NoError(t, err)
			require.Equal(t, string(Splice([]byte(text), want)), string(Splice([]byte(text), got)), "%q %d", text, length)
		}
	}
}

// What is written wrongly is noticed: here the text of an item does not read as the item.
func TestMergeLongChecks(t *testing.T) {
	d, err := Parse([]byte("a: b\n"))
	require.NoError(t, err)
	err = d.MergeLong(d.Root(), "results", 3, func(i int) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strings.Repeat("x", i+1)}
	})
	require.ErrorContains(t, err, "would not have the expected content")
}
