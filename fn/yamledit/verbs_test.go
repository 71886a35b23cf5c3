package yamledit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// verbCases edit the mapping under `m`, or the sequence under `s`.
var verbCases = []struct {
	name, in, out string
	edit          func(d *Document, m, s *yaml.Node) error
}{
	{"append to a compact sequence", "s:\n- a: 1\n  b: 2\nz: 1\n", "s:\n- a: 1\n  b: 2\n- p: v\nz: 1\n", appendItem},
	{"append to an indented sequence", "s:\n  -   a: 1\n      b: 2 # c\n", "s:\n  -   a: 1\n      b: 2 # c\n  -   p: v\n", appendItem},
	{"append to a sequence of scalars", "s:\n- a\n- |\n  b\n", "s:\n- a\n- |\n  b\n- p: v\n", appendItem},
	{"append to an empty flow sequence", "s: [] # c\n", "s: [{p: v}] # c\n", appendItem},
	{"append to a flow sequence", "s: [{a: 1}]\n", "s: [{a: 1}, {p: v}]\n", appendItem},
	{"append to a JSON array", "{\"s\": [\n  {\n    \"a\": 1\n  }\n]}", "{\"s\": [\n  {\n    \"a\": 1\n  },\n  {\n    \"p\": \"v\"\n  }\n]}", appendItem},
	{"append below a sequence in a sequence", "s:\n- - a\n  - b\n", "s:\n- - a\n  - b\n- p: v\n", appendItem},

	{"insert twice behind the last item", "s:\n- a: 1\nz: 1\n", "s:\n- a: 1\n- b: w\n- p: v\nz: 1\n", insertThenAppend},
	{"insert twice behind an item", "s:\n- a: 1\n- z: 1\n", "s:\n- a: 1\n- b: w\n- p: v\n- z: 1\n", insertTwice},

	{"lead", "m:\n  # about k\n  k: v\n", "m:\n  first: 'x'\n  # about k\n  k: v\n", lead},
	{"lead below a heading", "m:\n  # about m\n\n  k: v\n", "m:\n  # about m\n\n  first: 'x'\n  k: v\n", lead},
	{"lead behind a dash", "q:\n- m: 1\nm: {}\n", "q:\n- m: 1\nm: {first: 'x'}\n", lead},
	{"lead CRLF", "m:\r\n  k: v\r\n", "m:\r\n  first: 'x'\r\n  k: v\r\n", lead},

	{"set keeps single quotes", "m:\n  k: 'it''s' # c\n", "m:\n  k: 'a,b' # c\n", set("a,b")},
	{"set keeps double quotes", "m:\n  k: \"\\\"\"\n", "m:\n  k: \"a,b\"\n", set("a,b")},
	{"set keeps a plain scalar", "m:\n  k: a\n", "m:\n  k: a,b\n", set("a,b")},
	{"set quotes in flow style", "m: {k: a}\n", "m: {k: 'a,b'}\n", set("a,b")},
	{"set quotes what reads as something else", "m: {k: a}\n", "m: {k: 'true'}\n", set("true")},
	{"set fills an empty value", "m:\n  k:\n  l: 1\n", "m:\n  k: 'x'\n  l: 1\n", set("x")},
	{"set replaces an alias", "a: &a y\nm:\n  k: *a\n", "a: &a y\nm:\n  k: 'x'\n", set("x")},
	{"set replaces a folded scalar", "m:\n  k: >-\n    a\n    b\n  l: 1\n", "m:\n  k: 'x'\n  l: 1\n", set("x")},
	{"set several lines", "m:\n  k: |\n    a\n", "m:\n  k: |-\n    a\n    b\n", set("a\nb")},

	{"rename", "m:\n  k: {}\n  l: 1\n", "m:\n  p:\n    c: v\n  l: 1\n", rename},
	{"rename a deep value", "m:\n  k:\n    a: 1\n    b: 2 # c\n  l: 1\n", "m:\n  p:\n    c: v # c\n  l: 1\n", rename},

	{"remove one", "m:\n  a: 1\n  k: v # c\n  b: 2\n", "m:\n  a: 1\n  b: 2\n", remove},
	{"remove the last one, no line break", "m:\n  a: 1\n  k: v", "m:\n  a: 1", remove},
	{"remove the last one behind a block scalar, no line break", "m:\n  a: |\n    x\n  k: v", "m:\n  a: |\n    x\n", remove},
	{"remove between a block scalar that keeps blank lines and one", "m:\n  a: |+\n    x\n\n  k: v\n\n  b: 1\n", "m:\n  a: |+\n    x\n\n  b: 1\n", remove},
	{"remove the only one takes its key", "a: 1\nm:\n  k: v\nb: 2\n", "a: 1\nb: 2\n", remove},
	{"remove behind a dash", "q:\n- a: 1\nm: {k: v, a: 1}\n", "q:\n- a: 1\nm: {a: 1}\n", remove},
	{"remove in flow style", "m: {a: 1, k: v}\n", "m: {a: 1}\n", remove},
	{"remove all in flow style", "m: {k: v}\n", "m: {}\n", remove},
	{"remove KYAML", "{m: {\n  a: 1,\n  k: v,\n}}\n", "{m: {\n  a: 1,\n}}\n", remove},
	{"remove JSON", "{\"m\": {\n  \"a\": 1,\n  \"k\": \"v\"\n}}\n", "{\"m\": {\n  \"a\": 1\n}}\n", remove},
	{"remove an item", "s:\n- a: 1\n- p: v\n- b: 2\n", "s:\n- a: 1\n- b: 2\n", removeItem},
	{"remove the only item takes its key", "a: 1\ns:\n- p: v\n", "a: 1\n", removeItem},
	{"remove an item in flow style", "s: [{a: 1}, {p: v}]\n", "s: [{a: 1}]\n", removeItem},

	{"embed in a literal block scalar", "m:\n  k: | # c\n      b:\n        c: 1\n\n      # d\n      e: f\n  l: 1\n",
		"m:\n  k: | # c\n      b:\n        c: 1\n        new: 'x'\n\n      # d\n      e: f\n  l: 1\n", embed},
	{"embed in a literal block scalar, CRLF", "m:\r\n  k: |\r\n    b:\r\n      c: 1\r\n", "m:\r\n  k: |\r\n    b:\r\n      c: 1\r\n      new: 'x'\r\n", embed},
	{"embed in a literal block scalar, CRLF in the header only", "m:\n  k: |\r\n    b:\n      c: 1\n", "m:\n  k: |\r\n    b:\n      c: 1\n      new: 'x'\n", embed},
	{"remove in a literal block scalar that strips what is needed then", "m:\n  k: |- # a-b\n    c: |\n      d\n    b: x\n  l: 1\n", "m:\n  k: | # a-b\n    c: |\n      d\n  l: 1\n", removeEmbedded},
	{"embed in quotes", "m:\n  k: '{\"b\":{\"c\":1}}'\n", "m:\n  k: '{\"b\":{\"c\":1,\"new\":\"x\"}}'\n", embed},
	{"embed in a plain scalar", "m:\n  k: \"b:\\n  c: 1\\n\"\n", "m:\n  k: \"b:\\n  c: 1\\n  new: 'x'\\n\"\n", embed},
}

func appendItem(d *Document, _, s *yaml.Node) error {
	return d.Append(s, Map(Entry{"p", Plain("v")}))
}

func insertThenAppend(d *Document, m, s *yaml.Node) error {
	if err := d.InsertAfter(s, s.Content[0], Map(Entry{"b", Plain("w")})); err != nil {
		return err
	}
	return appendItem(d, m, s)
}

func insertTwice(d *Document, _, s *yaml.Node) error {
	if err := d.InsertAfter(s, s.Content[0], Map(Entry{"b", Plain("w")})); err != nil {
		return err
	}
	return d.InsertAfter(s, s.Content[0], Map(Entry{"p", Plain("v")}))
}

func lead(d *Document, m, _ *yaml.Node) error { return d.Prepend(m, "first", String("x")) }

func set(value string) func(d *Document, m, _ *yaml.Node) error {
	return func(d *Document, m, _ *yaml.Node) error { return d.Set(m, "k", String(value)) }
}

func rename(d *Document, m, _ *yaml.Node) error {
	return d.Rename(m, "k", Entry{"p", Map(Entry{"c", Plain("v")})})
}

func remove(d *Document, m, _ *yaml.Node) error { return d.Remove(m, "k") }

func removeItem(d *Document, _, s *yaml.Node) error {
	for _, item := range s.Content {
		if Lookup(item, "p") != nil {
			return d.RemoveItem(s, item)
		}
	}
	return nil
}

func embed(d *Document, m, _ *yaml.Node) error {
	inner, err := d.Embed(m, "k")
	if err != nil {
		return err
	}
	if err := inner.Merge(Lookup(inner.Root(), "b"), Map(Entry{"new", String("x")})); err != nil {
		return err
	}
	return d.SetEmbedded(m, "k", inner)
}

func removeEmbedded(d *Document, m, _ *yaml.Node) error {
	inner, err := d.Embed(m, "k")
	if err != nil {
		return err
	}
	if err := inner.Remove(inner.Root(), "b"); err != nil {
		return err
	}
	return d.SetEmbedded(m, "k", inner)
}

func TestVerbs(t *testing.T) {
	for _, c := range verbCases {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.in))
			require.NoError(t, err)
			require.NoError(t, c.edit(d, Lookup(d.Root(), "m"), Lookup(d.Root(), "s")))
			require.Equal(t, c.out, finished(t, d, c.in))
		})
	}
}
