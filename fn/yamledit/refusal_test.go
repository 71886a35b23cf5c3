package yamledit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// open ends in a comment that nothing separates from the quote in front of it. The library takes it; where the list ends is not
// found.
const open = "[\"x\"#c\n   ]\n"

// refusals are edits that are not made: what is edited is the mapping under m, or the sequence under s.
var refusals = []struct {
	name, in string
	edit     func(d *Document, m, s *yaml.Node) error
	want     Refusal
}{
	{"merge below what has no end", "m:\n  k: " + open, mergeNew, Refusal{2, "m.k", lostCause}},
	{"merge behind what has no end", "m: {k: " + open + "  }\n", mergeNew, Refusal{1, "m.k", lostCause}},
	{"merge behind a key that has no end", "m: {? " + open + "  }\n", mergeNew, Refusal{1, "m[]", lostCause}},
	{"merge below a rare line break", "a: b\u0085m:\n  k: v\n", mergeRoot, Refusal{2, "m", "the line has a line break (NEL, LS or PS) that other programs take for a character"}},
	{"merge into a list", "m: [a]\n", mergeNew, Refusal{1, "m", "expected a mapping, got a list"}},
	{"merge into a scalar", "m: {k: v}\n", mergeInto("k"), Refusal{1, "m.k", "expected a mapping, got a scalar"}},
	{"merge into an alias of a list", "a: &a [b]\nm:\n  k: *a\n", mergeInto("k"), Refusal{3, "m.k", "this is an alias of the anchor &a, so an edit to it would also change other places"}},
	{"merge into an alias that has the key", "a: &a {new: {b: c}}\nm:\n  k: *a\n", mergeInto("k"), Refusal{3, "m.k", "\"new\" belongs to the anchor &a, so an edit to it would also change other places"}},
	{"merge into an alias below an anchor", "a: &a {}\nm: &m\n  k: *a\nz: *m\n", mergeInto("k"), Refusal{2, "m", "the anchor &m is used elsewhere in the document, so an edit here would also change other places"}},
	{"merge into a tag without a value", "m:\n  k: !!null\n", mergeInto("k"), Refusal{2, "m.k", "\"k\" has an anchor or a tag, but no value"}},
	{"merge into an anchor without a value", "m:\n  k: &n\nz: *n\n", mergeInto("k"), Refusal{2, "m.k", "the anchor &n is used elsewhere in the document, so an edit here would also change other places"}},
	{"merge below a key without a colon", "m:\n  ? k\n", mergeInto("k"), Refusal{2, "m.k", "the key \"k\" has no colon on its line"}},
	{"merge into a key of another mapping", "a: &a {k: {b: c}}\nm:\n  <<: *a\n", mergeInto("k"), Refusal{3, "m", "\"k\" comes from a merge key, so an edit to it would also change other places"}},
	{"merge into a key of a list of mappings", "- m\n", mergeRoot, Refusal{1, "", "expected a mapping, got a list"}},
	{"merge into a key with a slash", "m:\n  app.kubernetes.io/name: {k: [v]}\n", func(d *Document, m, _ *yaml.Node) error {
		return d.Merge(Lookup(m, "app.kubernetes.io/name"), Map(Entry{"k", Map(Entry{"l", True()})}))
	}, Refusal{2, "m[app.kubernetes.io/name].k", "expected a mapping, got a list"}},
	{"merge into an item", "s:\n- a: 1\n- b: [c]\n", func(d *Document, _, s *yaml.Node) error {
		return d.Merge(s.Content[1], Map(Entry{"b", Map(Entry{"l", True()})}))
	}, Refusal{3, "s[1].b", "expected a mapping, got a list"}},

	{"append below what has no end", "s:\n- " + open, appendItem, Refusal{2, "s[0]", lostCause}},
	{"append behind what has no end", "s: [" + open + "  ]\n", appendItem, Refusal{1, "s[0]", lostCause}},
	{"append below a rare line break", "a: b\u0085s:\u0085- c\n", appendItem, Refusal{3, "s[0]", "the line has a line break (NEL, LS or PS) that other programs take for a character"}},
	{"append below a block scalar that would gain a line break", "s:\n- |\n  a", appendItem, Refusal{2, "s[0]", "the text ends in a block scalar without a final line break, so nothing can be added below it"}},
	{"append to a shared list", "s: &s\n- a\nz: *s\n", appendItem, Refusal{1, "s", "the anchor &s is used elsewhere in the document, so an edit here would also change other places"}},
	{"append to a shared list in flow style", "s: &s [a]\nz: *s\n", appendItem, Refusal{1, "s", "the anchor &s is used elsewhere in the document, so an edit here would also change other places"}},

	{"lead in a shared mapping", "m: &m\n  k: v\nz: *m\n", lead, Refusal{1, "m", "the anchor &m is used elsewhere in the document, so an edit here would also change other places"}},

	{"set what a merge key brings", "a: &a {k: v}\nm:\n  <<: *a\n", set("x"), Refusal{3, "m", "\"k\" comes from a merge key, so an edit to it would also change other places"}},
	{"set a shared scalar", "m:\n  k: &k v\nz: *k\n", set("x"), Refusal{2, "m.k", "the anchor &k is used elsewhere in the document, so an edit here would also change other places"}},
	{"set a mapping", "m:\n  k: {}\n", set("x"), Refusal{2, "m.k", "expected a scalar, got a mapping"}},
	{"set a tagged scalar", "m:\n  k: !!str v\n", set("x"), Refusal{2, "m.k", "\"k\" has an explicit tag"}},

	{"rename what a merge key brings", "a: &a {k: v}\nm:\n  <<: *a\n", rename, Refusal{3, "m", "\"k\" comes from a merge key, so an edit to it would also change other places"}},
	{"rename in a shared mapping", "m: &m\n  k: v\nz: *m\n", rename, Refusal{1, "m", "the anchor &m is used elsewhere in the document, so an edit here would also change other places"}},
	{"rename what has no end", "m:\n  k: " + open, rename, Refusal{2, "m.k", lostCause}},

	{"remove from a shared mapping", "m: &m\n  k: v\nz: *m\n", remove, Refusal{1, "m", "the anchor &m is used elsewhere in the document, so an edit here would also change other places"}},
	{"remove a key that is defined twice", "m:\n  k: v\n  k: w\n", remove, Refusal{3, "m.k", "the key \"k\" is defined twice"}},
	{"remove beside what has no end", "m:\n  a: " + open + "  k: v\n", remove, Refusal{2, "m.a", lostCause}},
	{"remove an item of a shared list", "s: &s\n- p: v\nz: *s\n", removeItem, Refusal{1, "s", "the anchor &s is used elsewhere in the document, so an edit here would also change other places"}},
	{"remove an item that is an alias", "a: &a {b: c}\ns:\n- *a\n", func(d *Document, _, s *yaml.Node) error {
		return d.RemoveItem(s, Items(s)[0])
	}, Refusal{1, "a", "the item is defined elsewhere in the document, and is only referred to here by an alias"}},

	{"embed in a mapping", "m:\n  k: {}\n", embed, Refusal{2, "m", "\"k\" must be a scalar of this mapping itself"}},
	{"embed in what a merge key brings", "a: &a {k: v}\nm:\n  <<: *a\n", embed, Refusal{3, "m", "\"k\" must be a scalar of this mapping itself"}},
	{"embed in a shared scalar", "m:\n  k: &k |\n    b: {}\nz: *k\n", embed, Refusal{2, "m.k", "the anchor &k is used elsewhere in the document, so an edit here would also change other places"}},
}

func mergeNew(d *Document, m, _ *yaml.Node) error {
	return d.Merge(m, Map(Entry{"new", Map(Entry{"key", String("x")})}))
}

func mergeRoot(d *Document, _, _ *yaml.Node) error { return mergeNew(d, d.root, nil) }

func mergeInto(key string) func(d *Document, m, _ *yaml.Node) error {
	return func(d *Document, m, _ *yaml.Node) error {
		return d.Merge(m, Map(Entry{key, Map(Entry{"new", Map(Entry{"key", String("x")})})}))
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.in))
			require.NoError(t, err)
			err = c.edit(d, Lookup(d.Root(), "m"), Lookup(d.Root(), "s"))
			if err == nil {
				_, err = d.Finish()
			}
			require.Equal(t, &c.want, err)
		})
	}
}
