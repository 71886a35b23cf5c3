package yamledit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// quirks are texts that have broken editors of YAML.
var quirks = []string{
	"", "# c\n", "--- # c\na: b\n...\n", "%YAML 1.1\n---\na: b\n", "- a\n- - b\n", "a: [x, {y: z}]\n", "? a\n: b\n",
	"a: &x [1]\nb: *x\n", "a:\n- b: c\n  d: e\n-\n  f: g\n", "m: !!map {a: b}\n", "m: !!map\n  a: b\n", "m: &q # c\n  a: b\n",
	"m: {a: , b}\n", "m: {a: b,}\n", "m: {\n  a: b # c\n}\n", "m: {a: \"x\\\n  y\"}\n", "\"m\" : {}\n", "m:\t{}\n", "m: ~\n",
	"m:\n  ? k\n  : v\n", "a: b\rm: {}\r", "m: {}\r\n\r\n", "m: |\n a\n b", "m:\n  k: >-\n\n    a\n\n\n", "a: 'b\n\n  c' # d\nm: {}\n",
	"a: b\u0085m: {}\n", "a: \u2028b\n", "é: {ü: ö}\n", "\uFEFF# c\na: b\n", "m: *m\n", "m: &m\n  <<: *m\n", "m: {<<: *q}\n",
	"m:\n  a: |+\n\n\n  b: c\n", "m:\n  a: |2\n      b\n", "a: b # c\n#d\nm:\n #e\n  f: g\n", "m: {{a: b}: c}\n", "m: \"\"\n", "m: ''\n",
}

// FuzzMerge holds the editor's laws on any text: an edit either is refused, or adds what was asked, once, and can be
// taken away again. That the rest keeps its meaning is what Finish itself checks.
func FuzzMerge(f *testing.F) {
	for _, c := range mergeCases {
		f.Add(c.in)
	}
	for _, quirk := range quirks {
		f.Add(quirk)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse([]byte(text))
		if err != nil || d.Root() == nil || d.Root().Kind != yaml.MappingNode {
			return
		}
		edited, err := merged(text, patch())
		if err != nil {
			return
		}
		d, err = Parse([]byte(edited))
		require.NoError(t, err)
		mapping := Lookup(d.Root(), "m")
		require.Equal(t, "x", Lookup(mapping, "a/b").Value)
		again, err := merged(edited, patch())
		require.NoError(t, err)
		require.Equal(t, edited, again)
	})
}

// FuzzPureInsertion holds that adding a key only inserts, and that removing it gives the text back.
func FuzzPureInsertion(f *testing.F) {
	for _, c := range mergeCases {
		f.Add(c.in)
	}
	for _, quirk := range quirks {
		f.Add(quirk)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse([]byte(text))
		if err != nil || d.Root() == nil || d.Root().Kind != yaml.MappingNode || strings.Contains(text, "new") {
			return
		}
		if err := d.Merge(d.Root(), Map(Entry{"new", Map(Entry{"key", String("x")})})); err != nil {
			return
		}
		edits, err := d.Finish()
		if err != nil {
			return
		}
		for _, e := range edits {
			require.Equal(t, e.Start, e.End, "an addition replaced something")
		}
		edited := Splice([]byte(text), edits)
		d, err = Parse(edited)
		require.NoError(t, err)
		if len(d.Root().Content) == 2 || isFlow(d.Root()) && strings.ContainsRune(text, '#') {
			return // nothing would be left; a comment in flow style may have moved
		}
		require.NoError(t, d.Remove(d.Root(), "new"))
		edits, err = d.Finish()
		require.NoError(t, err)
		require.Equal(t, text, string(Splice(edited, edits)))
	})
}
