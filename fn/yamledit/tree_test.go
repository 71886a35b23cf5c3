package yamledit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const tree = `
base: &base
  a: {b: c}
  both: merged
m:
  <<: *base
  both: own
  null: ~
  number: 1
alias: *base
several:
  <<: [{none: 1}, *base, {both: later}]
s: &s [x, *base, [y]]
t: *s
`

func TestLookup(t *testing.T) {
	root := parsed(t, tree)
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"base", "a", "b"}, "c"},
		{[]string{"m", "a", "b"}, "c"},
		{[]string{"alias", "a", "b"}, "c"},
		{[]string{"m", "both"}, "own"},
		{[]string{"several", "a", "b"}, "c"},
		{[]string{"several", "both"}, "merged"},
		{[]string{"several", "none"}, "1"},
		{[]string{"m", "number"}, "1"},
	} {
		require.Equal(t, c.want, Lookup(root, c.keys...).Value, "%q", c.keys)
	}
	for _, keys := range [][]string{{"none"}, {"none", "a"}, {"base", "none"}, {"base", "a", "b", "c"}, {"s", "x"}, {"m", "<<"}} {
		require.Nil(t, Lookup(root, keys...), "%q", keys)
	}
	require.Nil(t, Lookup(nil))
	require.Nil(t, Lookup(nil, "a"))
	require.Same(t, root, Lookup(root))
	require.Same(t, Lookup(root, "base"), Lookup(own(root, "alias")), "an alias is followed without a key, too")
}

func TestLookupOfOneKeyDoesNotAllocate(t *testing.T) {
	root := parsed(t, tree)
	require.Zero(t, testing.AllocsPerRun(100, func() { Lookup(root, "s") }))
}

func TestText(t *testing.T) {
	root := parsed(t, tree)
	require.Equal(t, "own", Text(Lookup(root, "m", "both")))
	require.Equal(t, "1", Text(Lookup(root, "m", "number")))
	for _, n := range []*yaml.Node{nil, Lookup(root, "m", "null"), Lookup(root, "m"), Lookup(root, "s"), own(root, "alias")} {
		require.Empty(t, Text(n))
	}
}

func TestItems(t *testing.T) {
	root := parsed(t, tree)
	items := Items(Lookup(root, "t"))
	require.Len(t, items, 3)
	require.Equal(t, "x", items[0].Value)
	require.Same(t, Lookup(root, "base"), items[1])
	require.Equal(t, yaml.SequenceNode, items[2].Kind)
	require.Empty(t, Items(List()))
	for _, n := range []*yaml.Node{nil, root, items[0]} {
		require.Nil(t, Items(n))
	}
}

func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	d, err := Parse([]byte(text))
	require.NoError(t, err)
	return d.Root()
}

// A key in quotes that looks like a merge key is one of the mapping's own.
func TestQuotedMergeKey(t *testing.T) {
	d, err := Parse([]byte("'<<': {a: b}\nc: d\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"<<", "c"}, Keys(d.Root()))
	require.Nil(t, Lookup(d.Root(), "a"))
}
