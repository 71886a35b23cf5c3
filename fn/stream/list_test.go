package stream

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// all is interested in everything.
func all(string, string, Text) Interest { return Pods }

// cutTexts are lists that are cut, with what is on hand of interest: the items' numbers.
var cutTexts = []struct {
	text string
	kept []int // by judge
}{
	{"kind: List\nitems:\n- kind: Pod\n- kind: Service\n", []int{0}},
	{"---\n# Source: a.yaml\napiVersion: v1\nkind: List\nitems:\n- kind: Service\n- kind: Pod", []int{1}},
	{"apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n- apiVersion: v1\n  kind: Namespace\nkind: List\nmetadata:\n  resourceVersion: \"\"\n", []int{1}},
	{"kind: ResourceList\nfunctionConfig:\n  data: {a: \"b\"}\nitems:\n- kind: Service\n- kind: Service\nresults:\n- message: a\n- message: b\n", nil},
	{"kind: List\nitems: # c\n# d\n\n  # e\n  - kind: Pod\n    a: b\n # f\n# g\n  - kind: Service\n\n\n# h\nmetadata: {}\n", []int{0}},
	{"kind: List\r\nitems:\r\n- kind: Pod\r\n\r\n- kind: Service\r\n", []int{0}},
	{"kind: List\nitems:\n-\n  kind: Pod\n-\n\n  # c\n   # d\n  kind: Service\n-   kind: Service\n    a: b\n- # c\n  kind: Service\n", []int{0}},
	{"kind: List\nitems:\n-\n- # c\n-\n", nil},
	{"kind: List\nitems:\n- a\n- - kind: Service\n-\n  - kind: Service\n- {kind: Service}\n- [kind]\n- \"kind\": Service\n- ? kind\n  : Service\n- kind: 'Service'\n- <<: *x\n  kind: Service\n",
		[]int{0, 1, 2, 3, 4, 5, 6, 7, 8}},
	{"kind: List\nitems:\n- kind: Service\n  kind: Service\n- kind: Service\n kind: Service\n- a:\n    kind: Service\n", []int{0, 1, 2}},
	// block scalars
	{"kind: List\nitems:\n- data: |\n    - kind: Pod\n    it's \"so\n     [\n\n    # don't\n  kind: Service\n- kind: Service\n", nil},
	{"kind: List\nitems:\n- data: |2-\n      'a\n    'b\n  kind: Service\n- a: |+\n\n      \n      'a\n   # 'b\n  kind: Service\n- kind: Service\n  a:\n    \"a\": >-\n     'a\n  b:\n  - |\n   'a\n- |\n 'a\n", []int{3}},
	{"kind: List\nitems:\n- data: |\n  kind: Service\n- data: |\n    a\n    \t'a\n    \n     \t\n  kind: Service\n", nil},
	// quotes and brackets that close, or open nothing
	{"kind: List\nitems:\n- a: it's \"so [\n  b: \"c\\\"d\" # it's\n  d:\n    'e': 'f''g'\n  kind: Service\n- h: [a, \"b\", {c: 'd', \"e\":\"f\"}, []] # [\n  i: {} # \"\n  # \"\n  j: # \"\n  k: --x=\"y\n  kind: Service\n", nil},
	{"kind: List\nitems:\n- a: x && y 2>&1 \"\n  b: a=b&c=d\n  c: '&x &y'\n  d: Q &amp; A\n  e: x & y\n  kind: Service\n- kind: Service\n", nil},
	{"kind: List\nitems:\n- a: {b: '}', c: '[', d: \"x\", e: ['],']}\n  kind: Service\n- a: {b: 'c', d: 'e\n  f'}\n  kind: Service\n", []int{1}},
	// quoted scalars of several lines
	{"kind: List\nitems:\n- a: \"b\n- kind: Service\n  c: \"\n  kind: Service\n- kind: Service\n", nil},
	{"kind: List\nitems:\n- a: \"b\\\"\n\n    # c \\\n    d'\" # e\n  f: 'g\n    h''\n    ''\"'\n  kind: Service\n- kind: Service\n  a: \"b\n   kind: c\"\n- - a: 'b\n  c'\n", []int{2}},
	{"kind: List\nitems:\n- a: \"b\n\"\n  kind: Service\n- a: 'b\n'\n  kind: Service\n- kind: Service\n", nil},
	// plain scalars of several lines, in which quotes are text
	{"kind: List\nitems:\n- a: b\n   \"c\n  kind: Service\n- kind: Service\n  a:\n    b: c\n        d\n     \"e\", 'f\n     [g\n", nil},
	{"kind: List\nitems:\n- a: b # c\n   \"d\n  kind: Service\n- a: b\n\n   \"d\n  kind: Service\n- a: b\n  \"d\n  kind: Service\n- a: \"b\n c: d\n  e\"\n  ? \"f\n  kind: Service\n- - b\n   \"c\n  kind: Service\n- kind: Service\n", []int{0, 1, 2, 3, 4}},
	{"kind: List\r\nitems:\r\n- a: b\r\n   \"c\r\n  kind: Service\r\n- kind: Service\r\n", nil},
	{"kind: List\nitems:\n- a: b\n c\n   \"d\n  kind: Service\n- a: b\n   c\n    \"d\n  kind: Service\n", []int{0}},
	// those that may not close
	{"kind: List\nitems:\n- a: \"b\n   c\" \"\n  kind: Service\n- a: [b,\n   c]\n  kind: Service\n- a:\n   \"b\n   c\"\n  kind: Service\n- a: b\n   - 'c\n   d: e'\n  kind: Service\n- kind: Service\n", []int{0, 1, 2, 3}},
	{"kind: List\nitems:\n- a: !!str |\n    b: \"c\n  kind: Service\n- a:\n    >\n    b: 'c\n  kind: Service\n- kind: Service\n  a: 'b\n", []int{0, 1, 2}},
	{"kind: List\nitems:\n- a: !!str 'b'\n  kind: Service\n- ? 'a'\n  kind: Service\n- a: b: 'c'\n- a: \"b\" c\n  kind: Service\n- - \"a\n", []int{0, 1, 2, 3, 4}},
	{"kind: List\nitems:\n- a: |\n     b\n   'c\n  kind: Service\n- a: |\n      \n    'b\n  kind: Service\n", []int{0, 1}},
	{"kind: List\nitems:\n- a: b\n  x#y: \"c\n  kind: Service\n- a: [b \",[\" ]\n  kind: Service\n- a: [b:\",[\" ]\n  kind: Service\n- a:\n  - <<: \"a\n  kind: Service\n- a:\n    |\n  b: \"c\n  kind: Service\n- kind:Service\n", []int{0, 1, 2, 3, 4, 5}},
	{"kind: List\nitems:\n- a: [b\t]\n  kind: Service\n- kind: Service\n", []int{0}},
	{"kind: List\nitems:\n- a: |--\n    'b\n  kind: Service\n- a: |12\n    'b\n  kind: Service\n", []int{0, 1}},
	{"kind: List\nitems:\n- kind: Service\n   a\n- apiVersion: v1\n\n   a\n  kind: Service\n", []int{0}},
	{"kind: List\nitems:\n- a: |x\n    'b\n  kind: Service\n- a: !!str |\n    'b\n  kind: Service\n", []int{0, 1}},
}

// wholeTexts are those that are not cut.
var wholeTexts = []string{
	"", "kind: List\n", "kind: List\nitems: []\n", "kind: List\nitems:\n", "kind: List\nitems:\n- a: b\n", "{kind: List, items: [a, b]}\n", "kind: List\nitems: [a,\n b]\n",
	"kind: PodList\nitems:\n- a\n- b\n", "items:\n- a\n- b\nkind: PodList\n", "items:\n- a\n- b\n", "kind: \"List\"\nitems:\n- a\n- b\n", "kind: List\n x\nitems:\n- a\n- b\n", "items:\n- a\n- b\nkind: List\n\n x\n", "kind: List\nkind: List\nitems:\n- a\n- b\n",
	"kind: List\nitems:\n- a\n- b\nitems:\n- a\n- b\n", "kind: List\nitems:\n- a\n- b\nitems : x\n", "kind: List\nitems : \n- a\n- b\n", "kind: List\n\"items\":\n- a\n- b\n",
	"kind: List\nitems: !!seq\n- a\n- b\n", "kind: List\nitems: &a\n- a\n- b\n", "kind: List\nitems:\n  a: b\n", "kind: List\nitems:\n  - a\n - b\n", "kind: List\nitems:\n  - a\n  b\n  - c\n",
	"kind: List\nitems:\n  - a\n- b\n", "kind: List\nitems:\n- a\n-b\n", "kind: List\nitems:\n- a\n-\tb\n", "kind: List\nitems:\n- a\n- b\n? c\n", "kind: List\nitems:\n- a\n\"x\n- b\n",
	"\uFEFFkind: List\nitems:\n- a\n- b\n", "kind: List\nitems:\n- a\n- b\uFEFF\n", "kind: List\nitems:\n- a\rb\n- c\n", "kind: List\nitems:\n# a\rb\n- a\n- c\n", "kind: List\nitems:\n- a\n- b\r",
	"kind: List\nitems:\n- a\u0085\n- b\n", "kind: List\nitems:\n- a\u2028\n- b\n", "kind: List\nitems:\n- a\n- b\nc: \u2029\n", "# \u2029\nkind: List\nitems:\n- a\n- b\n",
	"kind: List\nitems:\n- a:\n\t- b\n- c\n", "kind: List\nitems:\n- a: b\n \t\n- c\n", "kind: List\nitems:\n- a: |\n  \tb\n- c\n",
	"%YAML 1.1\n---\nkind: List\nitems:\n- a\n- b\n", "kind: List\nitems:\n- a\n- b\n...\n", "--- {}\nkind: List\nitems:\n- a\n- b\n",
	"kind: List\nitems:\n- &a b\n- c\n", "kind: List\nitems:\n- a: &b c\n- *b\n", "kind: List\nitems:\n- a: [&b]\n- c\n", "kind: List\nitems:\n- !!map &b\n  c: d\n- c\n", "kind: List\nitems:\n- \"a\n  &b c\"\n- c\n",
	"kind: List\nitems:\n- a\n- b\nc: &d e\n", "c: &d e\nkind: List\nitems:\n- a\n- b\n", "c: \"\nitems:\n- a\n- b\nkind: List\n\"\n", "c: 'd\n  e'\nkind: List\nitems:\n- a\n- b\n", "kind: List\nitems:\n- a\n- b\nc: [d,\n e]\n",
	"items:\n- a\n- b\nc: \"\nkind: List\n\"\n", "c: {\nkind: List\nitems:\n- a\n- b\n",
}

// cutText cuts a text, and returns the list and the items of interest.
func cutText(text string, judge InterestFunc) (*List, []Document) {
	c := NewCut([]byte(text))
	if c == nil {
		return nil, nil
	}
	return c.List, c.Documents(judge)
}

func TestCut(t *testing.T) {
	for _, c := range cutTexts {
		list, items := cutText(c.text, judge)
		require.NotNil(t, list, "%q", c.text)
		var kept []int
		for _, item := range items {
			kept = append(kept, item.Index)
		}
		require.Equal(t, c.kept, kept, "%q", c.text)
		requireCut(t, c.text)
	}
	for _, text := range wholeTexts {
		list, items := cutText(text, judge)
		require.Nil(t, list, "%q", text)
		require.Nil(t, items)
		requireCut(t, text)
	}
}

func TestList(t *testing.T) {
	text := "---\n# Source: a/b.yaml\nkind: List\nitems:\n# c\n- kind: Pod\n  a: b\n# d\n- kind: Service\n# e\n- kind: Namespace\n# f\nmetadata: {}\n"
	streams := []Stream{{Name: "a", Bytes: []byte("kind: Pod\n" + text + "---\nkind: Pod\n")}}
	documents, err := Documents(streams, true, judge)
	require.NoError(t, err)
	require.Len(t, documents, 4)
	l := documents[1].List
	require.Nil(t, documents[0].List)
	require.Nil(t, documents[3].List)
	require.Same(t, l, documents[2].List)
	require.Equal(t, Document{List: l, From: 55, Start: 55, End: 78, Interest: Pods}, documents[1])
	require.Equal(t, "- kind: Pod\n  a: b\n# d\n", string(documents[1].Bytes(streams)))
	require.Equal(t, "- kind: Namespace\n# f\n", string(documents[2].Bytes(streams)))
	require.Equal(t, 2, documents[2].Index)
	require.Equal(t, "---\n# Source: a/b.yaml\nkind: List\nitems:\n# c\n- kind: Namespace\n# f\nmetadata: {}\n", string(l.Outline))
	require.Equal(t, [3]any{"List", "a/b.yaml", 3}, [3]any{l.Kind, l.Source, l.Items})
}

// Bytes that can open something are found on the lines that have them.
func TestRareBytes(t *testing.T) {
	for _, c := range cutTexts {
		for r := newReader([]byte(c.text), 0, len(c.text)); r.step(); {
			line := r.text[r.at:r.end]
			require.Equal(t, bytes.ContainsAny(line, rareBytes), r.hasRareByte(), "%q in %q", line, c.text)
		}
	}
}

// A large list is read in runs, and comes out as a small one does.
func TestRuns(t *testing.T) {
	var text strings.Builder
	text.WriteString("apiVersion: v1\nitems:\n")
	for range 50_000 {
		text.WriteString("  - kind: Service\n    a:\n    - b\n  - kind: Pod\n    a: \"b\"\n    c: |\n      - d\n")
	}
	text.WriteString("kind: List\nlast:\n  - kind: Pod\n  - kind: Pod\n")
	require.Greater(t, len(runsOf([]byte(text.String()), 22, text.Len(), 2)), 10)
	for _, item := range []string{"- a\n", "-\n  a\n", "-\r\n  a\r\n"} {
		require.Greater(t, len(runsOf(bytes.Repeat([]byte(item), runSize), 0, len(item)*runSize, 0)), len(item)-1)
	}
	list, items := cutText(text.String(), judge)
	require.Equal(t, 100_000, list.Items)
	require.Len(t, items, 50_000)
	size := (text.Len() - 22 - 44) / 50_000
	for i, item := range items {
		require.Equal(t, Document{Start: 22 + size*i + 33, From: 22 + size*i + 33, End: 22 + size*(i+1), Interest: Pods, List: list, Index: 2*i + 1}, item)
	}
}
