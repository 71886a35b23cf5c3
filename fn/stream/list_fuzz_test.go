package stream

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// FuzzCut holds what List promises, on any text.
func FuzzCut(f *testing.F) {
	for _, c := range cutTexts {
		f.Add(c.text)
	}
	for _, text := range wholeTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { requireCut(t, text) })
}

// FuzzCutLines does so on lists that are made of lines which have broken readers of YAML.
func FuzzCutLines(f *testing.F) {
	for i := range len(oddLines) {
		f.Add([]byte{byte(i), 0, byte(i + 1), 0, byte(i + 2)})
	}
	f.Fuzz(func(t *testing.T, picks []byte) {
		if len(picks) > 40 {
			return
		}
		requireCut(t, oddList(picks))
	})
}

// oddList makes a list of the lines that the bytes pick.
func oddList(picks []byte) string {
	var text strings.Builder
	if len(picks) > 0 && picks[0]%2 == 0 {
		text.WriteString("kind: List\n")
	}
	text.WriteString("items:\n- kind: Service\n")
	for _, pick := range picks {
		text.WriteString(oddLines[int(pick)%len(oddLines)])
	}
	text.WriteString("- kind: Service\n")
	if len(picks) > 0 && picks[0]%2 == 1 {
		text.WriteString("kind: List\n")
	}
	return text.String()
}

var oddLines = []string{
	"- kind: Service\n", "- kind: Pod\n", "- a: \"b\n", "  a: 'b\n", "  c\"\n", "\"\n", "  'd'\n", "'\n", "- \"\n", "- '\n", "  - kind: Pod\n", "  a: |\n", "   b: |\n", "    c: >-\n", "    - |2\n", "      \"x\n", "     it's\n",
	"    'y\n", "   \"z\n", "\n", "   \n", "      \n", "# c\n", "  # \"\n", "    # '\n", "  k: [a,\n", "  {b: \"\n", "   c]\n", "  d: }\n", "  e: [\"a\", {b: 'c'}]\n", "  f: it's \"\n", "  g: x # \"\n", "   plain\n", "  h:\n", "  - i\n",
	"  - j: k\n", "    l: m\n", "  - - n\n", "  ? o\n", "  : p\n", "  ? \"q\n", "  !!str |\n", "  r: !!str 's\n", "  t: *u\n", "  <<: *v\n", "  \"w\": |\n", "  \"x\": 'y'\n", "  'z\": |\n", "a: b\n", "a:\n", " a\n", "-\n", "- - \"\n", "- |\n",
	"- >+1\n", "- [\n", "- {kind: Pod,\n", "  kind: Pod\n", "  \"kind\": Pod\n", "  a: \"b\\\"\n", "  a: 'b''\n", "  a: \"b\\\n", "  a: \"b\" \"c\n", "  a: b: \"c\n", "  a: - \"c\n", "  a: |-  # d\n", "  a: |x\n", "  a:\"b\n", "  a: #\"b\n", "  a: x#\"b\n",
	"  \t\"x\n", "      \t'x\n", "  a:\t\"x\n", "-\t\"x\n", "  : \"x\n", "  - ? |\n", "  a: %x\n", "  a: @\"\n", "  a: ,\"\n", "  a: ]\"\n", "  a: -\n", "  -\n", "    -\n", "  a: [a:\"b\", c]\n", "  a: [\"b\":\"c\"]\n", "  a: [!b]\n", "  a: {b: |}\n", "    |\n", "  >\n",
	"  b: c\r\n", "  d: 'e\r\n", "f'\r\n", "  a: |\r\n", "  kind: &x Pod\n", "  a: \"&x b\n", "  \u00e9: \"x\"\n", "  \u00e9: |\n", "  a b: |\n", "  -a: \"\n", "  a: --b=\"c\n", "  .a: \"b\"\n", "   \"b\" : |\n",
	// quoted scalars that hold what looks like an item
	"  a: \"b\n- kind: Pod\n    c\"\n", "  a: 'b\n- kind: Pod\n    c'\n", "  - \"b\n- kind: Pod\n    c\"\n", "    a: \"b\n- kind: Pod\n    c\"\n", "      \"b\n- kind: Pod\n    c\"\n", "    'b\n- kind: Pod\n    c'\n", "   \"b\n- kind: Pod\n    c\"\n",
	"- \"b\n- kind: Pod\n    c\"\n", "- a: 'b\n- kind: Pod\n    c'\n", "  a: [\"b\n- kind: Pod\n    c\"]\n", "  a: {b: 'c\n- kind: Pod\n    c'}\n", "  a: \"b\\\" # \n- kind: Pod\n    c\"\n", "  a: 'b'' # \n- kind: Pod\n    c'\n", "  a: \"b\\\n- kind: Pod\n    c\"\n",
	"  ? \"b\n- kind: Pod\n    c\"\n", "  ? a\n  : \"b\n- kind: Pod\n    c\"\n", "  a: !!str 'b\n- kind: Pod\n    c'\n", "    !x \"b\n- kind: Pod\n    c\"\n", "  a: [b, # ]\n  \"c\n- kind: Pod\n    c\"]\n", "  a: [!b]c \"c\n- kind: Pod\n    c\"]\n", "  a: [!]\n  \"c\n- kind: Pod\n    c\"]\n",
	"  a: [{b: c},\n  \"c\n- kind: Pod\n    c\"]\n", "  a: \"b\" # '\n- kind: Pod\n", "  a: - \"c\n- kind: Pod\n    c\n", "  -\t\"b\n- kind: Pod\n    c\"\n", "  a:\t\"b\n- kind: Pod\n    c\"\n", "  '': \"b\n- kind: Pod\n    c\"\n", "  [a]: \"b\n- kind: Pod\n    c\"\n",
	"  {a: b}: \"b\n- kind: Pod\n    c\"\n", "  !!str a: \"b\n- kind: Pod\n    c\"\n", "  a b: \"c\n- kind: Pod\n    c\"\n", "  a:b: \"c\n- kind: Pod\n    c\"\n", "  <<: \"c\n- kind: Pod\n    c\"\n", "  \"a\": \"c\n- kind: Pod\n    c\"\n", "  'a' : \"c\n- kind: Pod\n    c\"\n",
	"  *a : \"c\n- kind: Pod\n    c\"\n", "  (: \"c\n- kind: Pod\n    c\"\n", "  a: b\n  \"c\": \"d\n- kind: Pod\n    c\"\n", "  a: >\n\n  \"c\": \"d\n- kind: Pod\n    c\"\n", "  a: |\n  # c\n  b: \"d\n- kind: Pod\n    c\"\n", "  a: |\n    b\n   # c\n    # d\n  e: \"d\n- kind: Pod\n    c\"\n",
	"  a: |\n    \n    b\n  e: \"d\n- kind: Pod\n    c\"\n", "  a:\n  - |\n   b\n  - \"d\n- kind: Pod\n    c\"\n", "  a:\n  - |1\n   b\n  - \"d\n- kind: Pod\n    c\"\n", "  a: |1\n\n   b\n  c: \"d\n- kind: Pod\n    c\"\n", "  - - |\n      x\n    - \"d\n- kind: Pod\n    c\"\n", "  a: |\r\n   b\r\n  c: \"d\r\n- kind: Pod\n    c\"\n",
	"  a: b |\n    c\n  d: \"e\n- kind: Pod\n    c\"\n", "  a: b\n   |\n   c\n  d: \"e\n- kind: Pod\n    c\"\n", "  a: # |\n   \"e\n- kind: Pod\n    c\"\n", "  a: \"|\n   e\n- kind: Pod\n    c\"\n", "  a: '# |\n   e\n- kind: Pod\n    c'\n", "  a:\n   |\n   c\n  d: \"e\n- kind: Pod\n    c\"\n",
	"  a: [b \",[\" ]\n- kind: Pod\n    c\"]]\n", "  a: [b:\",[\" ]\n- kind: Pod\n    c\"]]\n", "  a: [b-\",[\" ]\n- kind: Pod\n    c\"]]\n", "  a: [!b]\n  c, \"d\n- kind: Pod\n    c\"]\n", "  a: [b, # ]\n  c, \"d\n- kind: Pod\n    c\"]\n", "  a: {b: c, # }\n  d: , \"d\n- kind: Pod\n    c\"}\n",
	"  a:\n    |\n  b: \"c\n- kind: Pod\n    c\"\n", "  a: b\n  x#y: \"c\n- kind: Pod\n    c\"\n", "  a: [b,\n  c, \"d\n- kind: Pod\n    c\"]\n", "  ? [b\n  , \"d\n- kind: Pod\n    c\"]\n", "  a: [[b]\n  , c, \"d\n- kind: Pod\n    c\"]\n",
	"  - a: [\"b\", 'c', {d: \"e\n- kind: Pod\n    c\"}]\n", "  a: ['b''', \"c\\\"\n- kind: Pod\n    c\"]\n", "  \"a: |\n- kind: Pod\n    c\": d\n", "  'a: |\n- kind: Pod\n    c': d\n", "  a: 'it''s'\n  b: 'it''\n- kind: Pod\n    c'\n", "  ! \"c\n- kind: Pod\n    c\"\n",
	// plain scalars that go on, and what stands after a quoted one
	"  a: b\n   \"c\n", "  a: b\n     'c\n   \"d\n", "  a: b # c\n   \"d\n- kind: Pod\n    c\"\n", "  - a: b\n    \"d\n- kind: Pod\n    c\"\n", "  - b\n   \"d\n- kind: Pod\n    c\"\n", "  a: \"x\n k: v\n  c\"\n  ? \"d\n- kind: Pod\n    c\"\n",
	"  a: \"x\n k: v\n    c\"\n  - \"d\n- kind: Pod\n    c\"\n", "  a: !!str |\n    b: c\n     \"d\n", "  a: b\n\n   \"c\n", "  a: b\n  # c\n   \"d\n- kind: Pod\n    c\"\n", "  a: 'x\n\n k: v\n  it''s'\n", "  a: \"x \\\n\n  y\\\"\n  z\" # \"\n",
}

func requireCut(t *testing.T, text string) {
	t.Helper()
	list, kept := cutText(text, judge)
	listAgain, items := cutText(text, all)
	require.Equal(t, list, listAgain, "%q", text)
	if list == nil {
		return
	}
	requireTogether(t, text, listAgain, items)
	parsed := map[int]*yaml.Node{}
	for _, item := range kept {
		node, ok := parse([]byte(text[item.Start:item.End]))
		if !ok || node.Kind != yaml.SequenceNode || len(node.Content) != 1 {
			return // the caller reads the list whole
		}
		parsed[item.Index] = node.Content[0]
	}
	root, ok := parse([]byte(text))
	if !ok {
		return // it is no YAML, so there is no meaning to keep
	}
	require.Equal(t, list.Kind, lookup(root, "kind").Value, "%q", text)
	whole := lookup(root, "items")
	require.Equal(t, yaml.SequenceNode, whole.Kind, "%q", text)
	require.Len(t, whole.Content, list.Items, "%q", text)
	lines := NewLineCounter([]Stream{{Bytes: []byte(text)}})
	at := map[int]int{}
	for _, item := range kept {
		at[item.Index] = lines.Above(0, item.Start)
	}
	for i, item := range whole.Content {
		if node := parsed[i]; node != nil {
			above := at[i]
			require.Equal(t, dump(item, func(line int) int { return line }), dump(node, func(line int) int { return above + line }), "%q", text)
			continue
		}
		if item.Kind == yaml.ScalarNode {
			require.Equal(t, "!!null", item.ShortTag(), "%q", text)
			continue
		}
		require.Equal(t, yaml.MappingNode, item.Kind, "%q", text)
		kind, apiVersion := lookup(item, "kind"), lookup(item, "apiVersion")
		require.NotNil(t, kind, "%q", text)
		version := ""
		if apiVersion != nil {
			version = apiVersion.Value
		}
		require.Equal(t, Nothing, judge(version, kind.Value, Text{}), "%q", text)
	}
	// the outline is the list without all items but the last one
	outline, ok := parse(list.Outline)
	require.True(t, ok, "%q", text)
	whole.Content = whole.Content[list.Items-1:]
	inList := func(line int) int { // of a line in the outline
		if line > strings.Count(text[:list.Hole.Start], "\n") {
			line += strings.Count(text[list.Hole.Start:list.Hole.End], "\n")
		}
		return line
	}
	whole.Line = inList(lookup(outline, "items").Line) // of the first of them
	require.Equal(t, dump(root, func(line int) int { return line }), dump(outline, inList), "%q", text)
}

// requireTogether holds that a list's parts are the whole of it, and that its outline's offsets lead there. Only items
// without content are not among them.
func requireTogether(t *testing.T, text string, list *List, items []Document) {
	t.Helper()
	index, at := 0, list.Hole.Start
	for _, item := range items {
		require.Equal(t, item.From, item.Start)
		require.Same(t, list, item.List)
		require.GreaterOrEqual(t, item.Index, index)
		require.GreaterOrEqual(t, item.Start, at)
		if item.Index == index {
			require.Equal(t, at, item.Start)
		}
		index, at = item.Index+1, item.End
	}
	require.LessOrEqual(t, index, list.Items)
	if index == list.Items && index > 0 {
		require.Equal(t, list.Hole.End, items[len(items)-1].Start)
	}
	require.Equal(t, text[:list.Hole.Start]+text[list.Hole.End:], string(list.Outline))
	for at := range list.Outline {
		require.Equal(t, list.Outline[at], text[list.Offset(at)])
	}
	require.Equal(t, len(text), list.Offset(len(list.Outline)))
}

// parse reads a text that is one document.
func parse(text []byte) (root *yaml.Node, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	var document, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if decoder.Decode(&document) != nil || decoder.Decode(&more) != io.EOF {
		return nil, false
	}
	return document.Content[0], true
}

// lookup returns the value of a mapping's key. There is only one: the sniffer counts them.
func lookup(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func dump(n *yaml.Node, line func(int) int) string {
	text := fmt.Sprintf("%d %d:%d style %d %s %q &%s\n", n.Kind, line(n.Line), n.Column, n.Style, n.Tag, n.Value, n.Anchor)
	for _, child := range n.Content {
		text += "(" + dump(child, line) + ")"
	}
	return text
}
