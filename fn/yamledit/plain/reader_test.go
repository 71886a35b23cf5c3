package plain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// readAlone reads a text with memory of its own.
func readAlone(text []byte) *yaml.Node { return new(Memory).Read(text) }

// requireSameTree checks that the library reads the text into the tree that was read from it.
func requireSameTree(t *testing.T, text string, read *yaml.Node) {
	t.Helper()
	root, err := library(text)
	require.NoError(t, err, "%q is not valid YAML, and was read", text)
	require.Equal(t, dumpNode(root, ""), dumpNode(read, ""), "%q", text)
}

// library returns the root node that the YAML library reads, or nil for an empty text. Text that holds anything behind its
// first document is an error.
func library(text string) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document, more yaml.Node
	if err := decoder.Decode(&document); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, errors.New("a second document")
	} else if err != io.EOF {
		return nil, err
	}
	return document.Content[0], nil
}

func dumpNode(n *yaml.Node, indent string) string {
	if n == nil {
		return indent + "nil\n"
	}
	text := fmt.Sprintf("%s%d %d:%d style %d %s %q &%s %v\n", indent, n.Kind, n.Line, n.Column, n.Style, n.Tag, n.Value, n.Anchor, n.Alias)
	for _, child := range n.Content {
		text += dumpNode(child, indent+"  ")
	}
	return text
}

// Texts that are plain, and read as the library reads them.
var plainTexts = []string{
	"a: b\n", "a: b", "---\na: b\n", "--- # c\na: b\n", "# c\n---\n# d\na: b # e\n", "  a: b\n  c: d\n", "a:\nb:\n", "a: # c\nb: c\n",
	"a:\n  b:\n    c: d\n  e: f\ng: h\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b\n  -   c\nd: e\n", "- a\n- b: c\n  d: e\n-\n  f: g\n- - h\n  - i\n-\n",
	"a:\n- b:\n  - c\n  - d: e\n    f:\n    - g\n", "- a:\n  - b\n  c:\n- d\n", "-\n  - a\n", "-   - a\n    - b\n",
	"a: 1\nb: 1.5\nc: 0x1F\nd: 017\ne: 1e3\nf: 2020-01-02\ng: 1_000\nh: -1\ni: +1\nj: .5\nk: .inf\nl: -.inf\nm: .nan\nn: 0b1\no: 0o17\n",
	"a: true\nb: True\nc: yes\nd: y\ne: null\nf: ~\ng: Null\nh: off\ni: NO\nj: False\nk: nullx\nl: ~x\n", "true: a\n1: b\nnull: c\n1.5: d\n",
	"a: \"b\"\nc: 'd'\n\"e\": f\n'g': h\n", "a: \"b\\n\\\"c\\\" \\\\ \\t\\r\"\nb: 'it''s'\nc: ''\nd: \"\"\ne: '\"'\nf: \"'\"\n",
	"a: \"b # c: d\"   # e\nf: 'g # h: i'\n", "a: b:c\nd: e#f\ng: :8080\nh: --x\ni: ?x\nj: http://x/y?z=1&a=%20\n", "a: b   # c\n", "a: é\né: b\n",
	"a: [é, b, c]\n", "\"é\": b\nc: {\"é\": d}\n", "a: {}\nb: []\nc: [ ]\nd: { }\n", "a: [b, \"c\", 'd', 1, true]\nb: {c: d, \"e\": f, g: [h, {i: j}]}\n",
	"- [a, b]\n- {c: d} # e\n- [[a], [b, [c]]]\n", "a: |\n  b\n  c\nd: e\n", "a: |-\n  b\n\n  c\n\n\nd: e\n", "a: |+\n  b\n\n\nd: e\n", "a: >\n  b\n  c\n\n  d\n   e\n  f\n",
	"a: >-\n\n  b\n\n\n  c\n", "a: >+\n  b\n\n", "a: |\n  b", "a: |\n\n\n  b\n  # c\n    d\n# e\nf: g\n", "a: |\nb: c\n", "a: |\n\nb: c\n", "a: |+\n\nb: c\n", "a: |\n",
	"a: |\n   \n   b\n     \n   \n", "- |\n b\n- >\n c\n d\n", "- a: |\n    b\n  c: d\n", "a:\n- |\n  b\n- c\n", "a: | # c\n  b\n", "a: |\n  b\tc\n  \td\n", "a: >\n  b\n  \tc\n  d\n",
	"a: |\n  ---\n  ...\n  b\n", "a: \"b\tc\"\n# \td\n", "a: b c d\n", "a:   b\n", "a: <<x\nb: =\n", "a: <<\n", "a: |  \n  b\n", "a: >\n  b\n    \n  c\n", "a:\n  {}\nb:\n  - c:\n      []\n    d: e\n", "a:\n  b\nc:\n  \"d\" # e\n", "-\n  a\n-\n  [b]\n", "a:\n\n  # x\n\n  b: c\n # y\nd: e\n",
	"a: b # c\n#d\nm:\n #e\n  f: g\n", "m:\n  k: >-\n\n    a\n\n\n", "é: {ü: ö}\n",
}

// Texts that are for the library to read, or to refuse.
var hardTexts = []string{
	"\"\\\": b\"\n", "", "# c\n", "a\n", "\"a\"\n", "[a]\n", "{a: b}\n", "a: &x b\n", "a: *x\n", "a: !!str b\n", "? a\n: b\n", "<<: {a: b}\nb c: d\n", "a: b\n...\n", "---\na: b\n---\nc: d\n",
	"%YAML 1.2\n---\na: b\n", "a: b\n  c\n", "a: \"b\n  c\"\n", "a: 'b\n  c'\n", "a: \"b\\\n  c\"\n", "a: [b,\n  c]\n", "a:\tb\n", "\ta: b\n", "a: b\t# c\n", "a: b\r\nc: d\r\n", "\uFEFFa: b\n", "a: b\u0085c\n",
	"a: \u2028\n", "a: \xff\n", "a: \x01\n", "a: b: c\n", "a: b:\n", "a: - b\n", "a: |2\n    b\n", "a: |\n    \n  b\n", "a: [b, ]\n", "a: {b}\n", "a: [b: c]\n", "a: {b:c}\n", "a: [-]\n",
	"a: \"\\/\"\n", "a: \"\\x41\"\n", "a: @b\n", "a: %b\n", "a: `b\n", "a: ,b\n", "a: ]\n", "a: \"b\" c\n", "a: [b] c\n", "a: \"b\"#c\n", "  a: b\nc: d\n", "a:\n  b: c\n d: e\n", "- a\nb: c\n", "a: b\n- c\n",
	"a:\n  - b\n c: d\n", "a: |\n   b\n  c\n", "a: >x\n  b\n", "a: |+-\n", "- - a\n - b\n", "-a: b\n", "a: 'b\n", "a: |\n\t\n", "a: |\n  b\n\tc\n", "a: |\n\tb\n", "a: |\n  \tb\n", "a: |\n\n  \tb\n", "a:\n  b: |\n    \tc\n", "- |\n \tb\n", "a: |\n \tb\n  c\n", "--- a: b\n", "---\n---\na: b\n",
	"m: {a: , b}\n", "\"m\" : {}\n", "m: {{a: b}: c}\n", "m: {a: \"x\\\n  y\"}\n", "m: {\n  a: b # c\n}\n", "m: &m\n  <<: *m\n",
}

func TestRead(t *testing.T) {
	for _, text := range plainTexts {
		plain := readAlone([]byte(text))
		require.NotNil(t, plain, "%q is not read", text)
		requireSameTree(t, text, plain)
	}
	for _, text := range hardTexts {
		require.Nil(t, readAlone([]byte(text)), "%q is read", text)
	}
}

// Each character of ASCII in front of a plain scalar, in it, and in a key and a word.
func TestReadCharacters(t *testing.T) {
	for c := ' '; c < 0x7F; c++ {
		isWord := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("_-./$", c)
		for text, isPlain := range map[string]bool{
			"a: %cb\n":          !strings.ContainsRune("!\"%&'*,>@[]`{|}", c),
			"a: %c\n":           !strings.ContainsRune("!\"%&'*,-:?@[]`{}", c),
			"a: b%cc\n":         true,
			"a: b %c c\n":       c != ':',
			"a: b%c\n":          c != ':',
			"a%cb: c\n":         isWord,
			"%cb: c\n":          isWord && c != '-' || c == ' ',
			"a: [b%cc]\n":       isWord || c == ',',
			"a: [%cb]\n":        isWord && c != '-' || c == ' ',
			"a: {b%cc: d}\n":    isWord,
			"a: \"b\"%c\n":      c == ' ',
			"a: [b]%c\n":        c == ' ',
			"a: \"%cb\"\n":      c != '"' && c != '\\',
			"a: \"\\%c\"\n":     strings.ContainsRune("\"\\ntr", c),
			"a: '%cb'\n":        c != '\'',
			"a: |%c\n  b\n":     strings.ContainsRune(" +-", c),
			"a: > %c\n  b\n":    strings.ContainsRune(" #", c),
			"a: |-%c\n  b\n":    c == ' ',
			"a:%cb\n":           c == ' ',
			"a: b\n%cc: d\n":    isWord && c != '-' || c == '#',
			"a:\n  b: c\n%cd\n": c == '#',
		} {
			text = fmt.Sprintf(text, c)
			read := readAlone([]byte(text))
			require.Equal(t, isPlain, read != nil, "%q", text)
			if read != nil {
				requireSameTree(t, text, read)
			}
		}
	}
}

// Keys are read up to a length that is less than the library's, and blocks and flow collections up to a depth.
func TestReadLimits(t *testing.T) {
	for _, key := range []string{"%s: b\n", "\"%s\": b\n", "'%s': b\n", "a: {%s: b}\n", "a: {\"%s\": b}\n", "- %s: b\n", "a:\n  %s: b\n"} {
		short, long := fmt.Sprintf(key, strings.Repeat("a", maxKey-2)), fmt.Sprintf(key, strings.Repeat("a", maxKey+1))
		require.NotNil(t, readAlone([]byte(short)))
		requireSameTree(t, short, readAlone([]byte(short)))
		require.Nil(t, readAlone([]byte(long)))
	}
	for _, nested := range []func(depth int) string{
		func(depth int) string { return strings.Repeat("- ", depth) + "a\n" },
		func(depth int) string { return "a: " + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "\n" },
		func(depth int) string {
			return "a: " + strings.Repeat("{a: ", depth) + "b" + strings.Repeat("}", depth) + "\n"
		},
	} {
		require.NotNil(t, readAlone([]byte(nested(maxDepth-1))))
		require.Nil(t, readAlone([]byte(nested(maxDepth+3))))
	}
	siblings := strings.Repeat("- - a\n", 2*maxDepth)
	require.NotNil(t, readAlone([]byte(siblings)), "depth is counted down again")
}

// Charts are plain, but for CustomResourceDefinitions with long descriptions and a document here and there.
func TestReadCorpus(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/corpus/*.yaml")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("no corpus beside the repository")
	}
	documents, plain := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for document := range strings.SplitSeq(string(text), "\n---\n") {
			if root, _ := library(document); root == nil || root.ShortTag() == "!!null" {
				continue // comments only
			}
			documents++
			if root := readAlone([]byte(document)); root != nil {
				plain++
				requireSameTree(t, document, root)
			}
		}
	}
	t.Logf("%d of %d documents are plain", plain, documents)
	require.Greater(t, plain*100, documents*90)
}

// FuzzRead holds that what is read is what the library reads, on any text.
func FuzzRead(f *testing.F) {
	for _, texts := range [][]string{plainTexts, hardTexts} {
		for _, text := range texts {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if root := readAlone([]byte(text)); root != nil {
			requireSameTree(t, text, root)
		}
	})
}

// Characters that the library refuses are left to it.
func TestReadLeavesCharactersToTheLibrary(t *testing.T) {
	for _, c := range []string{"\uFFFF", "\uFFFE", "\u0080", "\u009F", "\u2028", "\uFEFF", "\x7F", "\x00"} {
		require.Nil(t, readAlone([]byte("a: b"+c+"\n")), "%q", c)
	}
	for _, c := range []string{"\u00A0", "\u2027", "\uFFFD", "\U00010000"} {
		require.NotNil(t, readAlone([]byte("a: b"+c+"\n")), "%q", c)
	}
}
