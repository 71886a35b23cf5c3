package yamledit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// editCases edit the mapping under m or the sequence under s, which may themselves be in the first item of a list.
var editCases = []struct {
	in, out string
	edit    func(d *Document, m, s *yaml.Node) error
}{
	// additions to mappings
	{"m:\n  \"k\": 1\n  \"l\": 2\n  n: 3\n", "m:\n  \"k\": 1\n  \"l\": 2\n  n: 3\n  new:\n    key: 'x'\n", mergeNew},
	{"m:\n  'k': 1\n  \"l\": 2\n", "m:\n  'k': 1\n  \"l\": 2\n  new:\n    key: 'x'\n", mergeNew},
	{"m:\n  \"k\": 1\n  \"l\": 2\n  n: \"3\"\n", "m:\n  \"k\": 1\n  \"l\": 2\n  n: \"3\"\n  new:\n    key: \"x\"\n", mergeNew},
	{"m:\n  \"k\": 1\n  \"l\": 2\n  \"n\": 3\n", "m:\n  \"k\": 1\n  \"l\": 2\n  \"n\": 3\n  \"new\":\n    \"key\": \"x\"\n", mergeNew},
	{"m: {k: v,}\n", "m: {k: v, new: {key: 'x'},}\n", mergeNew},
	{"m: {\n  a: b # c\n}\n", "m: {\n  a: b, # c\n  new: {\n    key: 'x'\n  }\n}\n", mergeNew},
	{"m: {\n  a: b, # c\n}\n", "m: {\n  a: b, # c\n  new: {\n    key: 'x',\n  },\n}\n", mergeNew},
	{"m: {\n    k: v\n}\n", "m: {\n    k: v,\n    new: {\n        key: 'x'\n    }\n}\n", mergeNew},
	{"m:\n {\n k: v\n }\n", "m:\n {\n k: v,\n new: {\n   key: 'x'\n }\n }\n", mergeNew},
	{"m: {k: v # c\n  }\n", "m: {k: v, new: {key: 'x'} # c\n  }\n", mergeNew},
	{"\uFEFFm: {k: v}\n", "\uFEFFm: {k: v, new: {key: 'x'}}\n", mergeNew},
	{"m: {  }\n", "m: {new: {key: 'x'}  }\n", mergeNew},
	{"m:\n  k: |+\n    a\n    ", "m:\n  new:\n    key: 'x'\n  k: |+\n    a\n    ", mergeNew},
	{"m:\n  k: |\n    a\n    ", "m:\n  k: |\n    a\n  new:\n    key: 'x'\n    ", mergeNew},
	{"m:\n  k: |\n    a\n     ", "m:\n  new:\n    key: 'x'\n  k: |\n    a\n     ", mergeNew},
	{"m:\n  k: |-\n    a", "m:\n  k: |-\n    a\n  new:\n    key: 'x'", mergeNew},
	{"m:\n  k: !a%20b {}\n", "m:\n  k: !a%20b {new: {key: 'x'}}\n", mergeInto("k")},
	{"m: {k: !a%20b {c: d}}\n", "m: {k: !a%20b {c: d, new: {key: 'x'}}}\n", mergeInto("k")},
	{"m: {k: !<tag:a,b> {c: d}}\n", "m: {k: !<tag:a,b> {c: d, new: {key: 'x'}}}\n", mergeInto("k")},
	{"m:\n  k: !a%20b\n    c: d\n", "m:\n  k: !a%20b\n    c: d\n    new:\n      key: 'x'\n", mergeInto("k")},
	{"m: {a: !a%20b , k: &b !c {}}\n", "m: {a: !a%20b , k: &b !c {new: {key: 'x'}}}\n", mergeInto("k")},
	// additions to lists
	{"m: [{k: v,}]\ns: [a,]\n", "m: [{k: v,}]\ns: [a, {p: v},]\n", appendItem},
	{"s: [\n  a, # c\n]\n", "s: [\n  a, # c\n  {\n    p: v,\n  },\n]\n", appendItem},
	{"s: [\n  a # c\n]\n", "s: [\n  a, # c\n  {\n    p: v\n  }\n]\n", appendItem},
	{"s: [a, # c\n  b # d\n  ]\n", "s: [a, # c\n  b, # d\n  {\n    p: v\n  }\n  ]\n", appendItem},
	{"{\"s\":[]}", "{\"s\":[{\"p\":\"v\"}]}", appendItem},
	{"{\"a\":1,\"s\":[1]}", "{\"a\":1,\"s\":[1,{\"p\":\"v\"}]}", appendItem},
	{"{\"a\":{\"b\":1},\"s\":[{}]}", "{\"a\":{\"b\":1},\"s\":[{},{\"p\":\"v\"}]}", appendItem},
	{"s:   [  ]\n", "s:   [{p: v}  ]\n", appendItem},
	{"s:\n- a: 1\n- b: 1\n# c\n  # d\n", "s:\n- a: 1\n- b: 1\n- p: v\n# c\n  # d\n", appendItem},
	{"s:\n  - a: 1\n   # c\n  # d\nz: 1\n", "s:\n  - a: 1\n   # c\n  - p: v\n  # d\nz: 1\n", appendItem},
	{"s:\n  - |\n  - b\n", "s:\n  - |\n  - p: v\n  - b\n", insertFirst},
	{"s:\n  - a: |\n  - b\n", "s:\n  - a: |\n  - p: v\n  - b\n", insertFirst},
	{"s: [a, b]\n", "s: [a, b, {p: v}]\n", insertFirst},
	{"s: []\n", "s: [{p: v}]\n", appendItem},
	{"s:\n- a: 1\n-\n  b: 1\n", "s:\n- a: 1\n-\n  b: 1\n- p: v\n", appendItem},
	{"s:\n-   a: 1\n- b\n", "s:\n-   a: 1\n- b\n- p: v\n", appendItem},
	{"s:\n- a\n-   b: c\n", "s:\n- a\n-   b: c\n-   p: v\n", appendItem},
	{"s:\n    -   b: c", "s:\n    -   b: c\n    -   p: v", appendItem},
	{"- a\n", "- a\n- p: v\n", appendToRoot},
	{"l:\n  -   a: 1\nm:\n  k: v\n", "l:\n  -   a: 1\nm:\n  k: v\n  new:\n    -   p: v\n        o: 'w'\n", mergeList},
	{"m:\n  l:\n      - a\n  k:\n      b: c\n", "m:\n  l:\n      - a\n  k:\n      b: c\n  new:\n      - p: v\n        o: 'w'\n", mergeList},
	{"m:\n    k: v\n", "m:\n    k: v\n    new:\n    - p: v\n      o: 'w'\n", mergeList},
	{"m: {k: v}\n", "m: {k: v, new: [{p: v, o: 'w'}]}\n", mergeList},
	{"m: {\n  k: v\n}\n", "m: {\n  k: v,\n  new: [\n    {\n      p: v,\n      o: 'w'\n    }\n  ]\n}\n", mergeList},
	{"{\"m\":{\"k\":1}}\n", "{\"m\":{\"k\":1,\"new\":[{\"p\":\"v\",\"o\":\"w\"}]}}\n", mergeList},
	// edits that meet
	{"s:\n- k: {}\n  l: 1\n", "s:\n- first: 'x'\n  p:\n    c: v\n  l: 1\n", renameAndLead},
	{"m:\n  k: v\n  l: 1\n", "m:\n  l: 1\n  new:\n    key: 'x'\n", removeAndMerge},
	{"m:\n  l: 1\n  k: v\n", "m:\n  l: 1\n  new:\n    key: 'x'\n", removeAndMerge},
	{"m:\n  l: 1\n  k: v", "m:\n  l: 1\n  new:\n    key: 'x'", removeAndMerge},
	{"m:\n  l: 1\n  k: v # c\n  # d\nz: 1\n", "m:\n  l: 1\n  new:\n    key: 'x'\n  # d\nz: 1\n", removeAndMerge},
	{"m: {k: v, a: 1}\n", "m: {a: 1, new: {key: 'x'}}\n", removeAndMerge},
	{"m: {a: 1, k: v}\n", "m: {a: 1, new: {key: 'x'}}\n", removeAndMerge},
	// documents in scalars
	{"m:\n  k: \"b: \\u0031\"\n", "m:\n  k: \"b: \\u0031\"\n", embedUnchanged},
	{"m:\n  k: |\n    b:\n      c: 1", "m:\n  k: |\n    b:\n      c: 1\n      new: 'x'", embed},
	{"m:\n  k: |\n    b:\n      c: 1\n\n\n  l: 1\n", "m:\n  k: |\n    b:\n      c: 1\n      new: 'x'\n\n\n  l: 1\n", embed},
	{"m:\n  k: |-\n    b:\n      c: 1\n  l: 1\n", "m:\n  k: |-\n    b:\n      c: 1\n      new: 'x'\n  l: 1\n", embed},
	{"m:\n  k: |+\n    b:\n      c: 1\n\n  l: 1\n", "m:\n  k: |+\n    b:\n      c: 1\n      new: 'x'\n\n  l: 1\n", embed},
	{"m:\n  k: |\n    b: {}\n    \n    e: 1\n", "m:\n  k: |\n    b: {new: 'x'}\n    \n    e: 1\n", embed},
	{"m:\n  k: >\n    b: {}\n", "m:\n  k: |\n    b: {new: 'x'}\n", embed},
	{"m:\n  k: |\n    a: 1\n    b: 1\n    c: 1\n", "m:\n  k: |\n    a: 1\n    c: 1\n", removeEmbedded},
	{"m:\n  k: |\n    b: 1\n    c: 1\n", "m:\n  k: |\n    c: 1\n", removeEmbedded},
	{"m:\n  k: |\n    c: 1\n    b: 1\n", "m:\n  k: |\n    c: 1\n", removeEmbedded},
	{"m:\n  k: |-\n    c: 1\n    b: 1\n", "m:\n  k: |-\n    c: 1\n", removeEmbedded},
	{"m:\n  k: |-\n    c: 1\n    b: 1", "m:\n  k: |-\n    c: 1", removeEmbedded},
	{"m:\n  k: |\n    {b: 1, c: 2}\n", "m:\n  k: |\n    {c: 2}\n", removeEmbedded},
	{"m:\n  k: |\n    q:\n    - b: 1\n    b: 1\n\n    c: 1\n", "m:\n  k: |\n    q:\n    - b: 1\n\n    c: 1\n", removeEmbedded},
	{"m:\n  k: |\n    b:\n\n      c: 1\n    d: 1\n", "m:\n  k: |\n    b:\n\n      c: 1\n      new: 'x'\n    d: 1\n", embed},
	{"m:\n  k: |\n    # a\n    b: x # y\n\n\n    c: |+\n\n      t\n", "m:\n  k: |\n    # a\n\n\n    c: |+\n\n      t\n", removeEmbedded},
	// removal of items
	{"s:\n- p: v\n- a: 1\n", "s:\n- a: 1\n", removeItems},
	{"s:\n- a: 1\n- p: v\n  b: 1\n# c\n", "s:\n- a: 1\n# c\n", removeItems},
	{"s:\n- a: 1\n- p: v\n- p: w\n- b: 1\n", "s:\n- a: 1\n- b: 1\n", removeItems},
	{"- s:\n  - p: v\n  - p: w\n  z: 1\n", "- z: 1\n", removeItems},
	{"s: [{p: v}, {a: 1}]\n", "s: [{a: 1}]\n", removeItems},
	{"s: [{p: v}, {p: w}]\n", "s: []\n", removeItems},
	{"s: [{p: v}, {p: w},]\n", "s: []\n", removeItems},
	{"s: [{p: v}, {a: w},]\n", "s: [{a: w},]\n", removeItems},
	{"s: [{a: v}, {p: w},]\n", "s: [{a: v},]\n", removeItems},
	{"s: [{a: v}, {p: w}, {p: x}]\n", "s: [{a: v}]\n", removeItems},
	{"s: [{p: v}, {a: w}, {p: x}, {b: 1}, {p: 1}]\n", "s: [{a: w}, {b: 1}]\n", removeItems},
	{"s: [\n  {a: 1}, # c\n  {p: 2} # d\n]\n", "s: [\n  {a: 1} # c # d\n]\n", removeItems},
	{"s: [\n  {a: 1}, # c\n  {p: 2}, # d\n]\n", "s: [\n  {a: 1}, # d\n]\n", removeItems},
	{"s: [\n  {p: 1}, # c\n  {a: 2}, # d\n]\n", "s: [\n  {a: 2}, # d\n]\n", removeItems},
	{"s: [\n  {p: 1} # c\n  , {a: 2}, # d\n]\n", "s: [\n  {a: 2}, # d\n]\n", removeItems},
	{"s: [\n  {a: 1}\n  , {p: 2} ]\n", "s: [\n  {a: 1} ]\n", removeItems},
	{"s:\n- - p: v\n  - a: 1\n", "s:\n- - a: 1\n", removeInFirst},
	{"s:\n- - a: 1\n  - p: v\n", "s:\n- - a: 1\n", removeInFirst},
	{"s:\n-\n  - p: v\n  - a: 1\n", "s:\n-\n  - a: 1\n", removeInFirst},
	{"s:\n- - p: v\n  - p: w\n  - a: 1\n  - b: 1\n", "s:\n- - a: 1\n  - b: 1\n", removeInFirst},
	{"s:\n- - # c\n    p: 1\n  # d\n  - b: 1\n", "s:\n- - b: 1\n", removeInFirst},
	{"s:\n- a: 1\n-\n  p: v\n- b: 1\n", "s:\n- a: 1\n- b: 1\n", removeItems},
	// removal of keys
	{"s:\n- k: v\n  l: 1\n  a: 1\n  b: 1\n", "s:\n- a: 1\n  b: 1\n", removeTwoInFirst},
	{"s:\n- k: v\n  # c\n  l: 1\n  # d\n  a: 1\n", "s:\n- a: 1\n", removeTwoInFirst},
	{"s:\n- k: v\n  a: 1\n  l: 1\n", "s:\n- a: 1\n", removeTwoInFirst},
	{"s:\n- k: v\n  a: 1\n- a: 1\n  k: v\n- k: v\n", "s:\n- a: 1\n- a: 1\n", removeInItems},
	{"s:\n-   k: v\n    a: 1\n", "s:\n-   a: 1\n", removeInItems},
	{"s:\n-\n  k: v\n  a: 1\n", "s:\n-\n  a: 1\n", removeInItems},
	{"s:\n- - k: v\n", "s:\n- - k: v\n", removeInItems},
	{"s:\n- k: v # c\n  # d\n  a: 1\n", "s:\n- a: 1\n", removeInItems},
	{"m:\n  k: |\n    x\n\n  a: 1\n", "m:\n\n  a: 1\n", remove},
	{"m:\n  a: |\n    x\n  k: v\n\n  b: 1\n", "m:\n  a: |\n    x\n\n  b: 1\n", remove},
	{"m:\n  a: |+\n    x\n  k: v\n\n\n  b: 1\n", "m:\n  a: |+\n    x\n  b: 1\n", remove},
	{"m:\n  a: |+\n    x\n  k: v\n", "m:\n  a: |+\n    x\n", remove},
	{"m:\n  a: |+\n    x\n  k: v", "m:\n  a: |+\n    x\n", remove},
	{"m:\n  a: |-\n    x\n  k: v", "m:\n  a: |-\n    x", remove},
	{"m:\n  a: 1\n  k: v\n  # c\n", "m:\n  a: 1\n  # c\n", remove},
	{"a: 1\nm:\n  k: v\n# c\n", "a: 1\n# c\n", remove},
	{"m: # c\n  k: v\nz: 1\n", "z: 1\n", remove},
	{"z: 1\nm:\n  k: v", "z: 1", remove},
	{"z: 1\r\nm:\r\n  k: v", "z: 1", remove},
	{"z: 1\r\nm:\r\n  k: v\r\n  a: 1\r\n", "z: 1\r\nm:\r\n  a: 1\r\n", remove},
	{"m:\n  k: v\n  l: w\n  a: 1\n", "m:\n  a: 1\n", removeTwo},
	{"m:\n  k: v\n  a: 1\n  l: w\n", "m:\n  a: 1\n", removeTwo},
	{"m: {k: v, l: w, a: 1}\n", "m: {a: 1}\n", removeTwo},
	{"m: {k: v, a: 1, l: w}\n", "m: {a: 1}\n", removeTwo},
	{"m: {a: 1, k: v, l: w}\n", "m: {a: 1}\n", removeTwo},
	{"m: {k: v, l: w}\n", "m: {}\n", removeTwo},
	{"z: 1\nm:\n  k: v\n  l: w", "z: 1", removeTwo},
	{"m:\n  <<: {k: w}\n  k: v\n", "m:\n  <<: {k: w}\n", remove},
	{"q: {m: {k: v}}\nm: {k: v}\n", "q: {m: {k: v}}\nm: {}\n", remove},
	// values
	{"m: {k: }\n", "m: {k: 'x' }\n", set("x")},
	{"m: {k: , a: b}\n", "m: {k: 'x' , a: b}\n", set("x")},
	{"m: {\"k\":v}\n", "m: {\"k\": x}\n", set("x")},
	{"m: {\"k\":\"v\"}\n", "m: {\"k\": \"x\"}\n", set("x")},
	{"m:\n  k:    v   # c\n", "m:\n  k:    x   # c\n", set("x")},
	{"m:\n  k: &a v\n", "m:\n  k: &a x\n", set("x")},
	{"m:\n  k: |\n   a\n  l: |+\n   b\n\n", "m:\n  k: |\n    a\n    b\n  l: |+\n   b\n\n", set("a\nb\n")},
	{"m:\n  k: |+\n    a\n\n\n  l: 1\n", "m:\n  k: |\n    a\n    b\n  l: 1\n", set("a\nb\n")},
	{"m:\n  k: 'a'\n", "m:\n  k: \"a\\nb\\n\"\n", set("a\nb\n")},
	{"m: {k: 'a'}\n", "m: {k: \"a\\nb\\n\"}\n", set("a\nb\n")},
	{"m:\n  k:\n    v\n", "m:\n  k:\n    x\n", set("x")},
	{"m:\n  k: a\n    b # c\n", "m:\n  k: x # c\n", set("x")},
	{"m:\n  \"k\": 1\n", "m:\n  \"k\": \"x\"\n", set("x")},
	{"m:\n  k: 1\n  a: \"x\"\n", "m:\n  k: \"x\"\n  a: \"x\"\n", set("x")},
	{"m:\n  k: 1\n", "m:\n  k: 'x'\n", set("x")},
	{"m:\n  k: y\n", "m:\n  k: x\n", set("x")},
	// renaming
	{"m: {k: {}, a: 1}\n", "m: {p: {c: v}, a: 1}\n", rename},
	{"m: {a: 1, k: }\n", "m: {a: 1, p: {c: v} }\n", rename},
	{"m:\n  \"k\": v\n", "m:\n  \"p\":\n    \"c\": \"v\"\n", rename},
	{"m: {\"k\":v,\"a\":1}\n", "m: {\"p\":{\"c\":\"v\"},\"a\":1}\n", rename},
	{"m:\n  k:\n  a: 1\n", "m:\n  p:\n    c: v\n  a: 1\n", rename},
	// keys in front of others
	{"m: {}\n", "m: {first: 'x'}\n", lead},
	{"m: {a: b}\n", "m: {a: b, first: 'x'}\n", lead},
	{"m: # c\n  k: v\n", "m: # c\n  first: 'x'\n  k: v\n", lead},
	{"# c\nm:\n  # d\n  # e\n  k: v\n", "# c\nm:\n  first: 'x'\n  # d\n  # e\n  k: v\n", lead},
}

func insertFirst(d *Document, _, s *yaml.Node) error {
	return d.InsertAfter(s, s.Content[0], Map(Entry{"p", Plain("v")}))
}

func appendToRoot(d *Document, _, _ *yaml.Node) error { return appendItem(d, nil, d.root) }

func mergeList(d *Document, m, _ *yaml.Node) error {
	return d.Merge(m, Map(Entry{"new", List(Map(Entry{"p", Plain("v")}, Entry{"o", String("w")}))}))
}

func renameAndLead(d *Document, _, s *yaml.Node) error {
	if err := rename(d, s.Content[0], nil); err != nil {
		return err
	}
	return lead(d, s.Content[0], nil)
}

func removeTwo(d *Document, m, _ *yaml.Node) error { return d.Remove(m, "k", "l") }

func removeTwoInFirst(d *Document, _, s *yaml.Node) error { return removeTwo(d, s.Content[0], nil) }

func removeAndMerge(d *Document, m, _ *yaml.Node) error {
	if err := remove(d, m, nil); err != nil {
		return err
	}
	return mergeNew(d, m, nil)
}

func removeItems(d *Document, _, s *yaml.Node) error {
	for _, item := range s.Content {
		if Lookup(item, "p") == nil {
			continue
		}
		if err := d.RemoveItem(s, item); err != nil {
			return err
		}
	}
	return nil
}

func removeInFirst(d *Document, _, s *yaml.Node) error { return removeItems(d, nil, s.Content[0]) }

func removeInItems(d *Document, _, s *yaml.Node) error {
	for _, item := range s.Content {
		if err := remove(d, item, nil); err != nil {
			return err
		}
	}
	return nil
}

func embedUnchanged(d *Document, m, _ *yaml.Node) error {
	inner, err := d.Embed(m, "k")
	if err != nil {
		return err
	}
	return d.SetEmbedded(m, "k", inner)
}

func TestEdits(t *testing.T) {
	for _, c := range editCases {
		d, err := Parse([]byte(c.in))
		require.NoError(t, err)
		top := d.Root()
		if top.Kind == yaml.SequenceNode {
			top = top.Content[0]
		}
		require.NoError(t, c.edit(d, Lookup(top, "m"), Lookup(top, "s")), "%q", c.in)
		require.Equal(t, c.out, finished(t, d, c.in), "%q", c.in)
	}
}

// Lines are counted as the library does, offsets in bytes.
func TestLineStarts(t *testing.T) {
	for text, want := range map[string][]int{
		"": {0}, "a": {0}, "a\nb": {0, 2}, "a\r\nb\r\n": {0, 3, 6}, "\r\r\n\n": {0, 1, 3, 4}, "a\r": {0, 2}, "\u0085a\u2028b\u2029": {0, 2, 6, 10},
		"\u00A0\u0084": {0}, "\u2027\u202A\u20AC": {0}, "\uFEFFa\n": {3, 5}, "a\uFEFF\n": {0, 5},
	} {
		require.Equal(t, want, lineStarts([]byte(text)), "%q", text)
	}
}

// Edits of the same bytes cannot both be made.
func TestOverlap(t *testing.T) {
	d, err := Parse([]byte("m:\n  k: v\n"))
	require.NoError(t, err)
	require.NoError(t, removeAndMerge(d, Lookup(d.Root(), "m"), nil))
	_, err = d.Finish()
	require.EqualError(t, err, "two edits at byte 9 overlap")
}
