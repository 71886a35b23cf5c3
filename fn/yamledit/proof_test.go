package yamledit

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit/proof"
)

// provenEdits are made in any collection of a document.
var provenEdits = []func(d *Document, n *yaml.Node) error{
	func(d *Document, n *yaml.Node) error {
		return d.Merge(n, Map(Entry{"labels", Map(Entry{"a/b", True()}, Entry{"c", Plain("d")})}, Entry{"annotations", Map(Entry{"e", Plain("f,g")})}))
	},
	func(d *Document, n *yaml.Node) error {
		return d.Merge(n, Map(Entry{"volumes", List(Map(Entry{"name", Plain("x")}, Entry{"csi", Map(Entry{"driver", Plain("y")})}))}))
	},
	func(d *Document, n *yaml.Node) error { return d.Merge(n, growth(n, 3)) },
	func(d *Document, n *yaml.Node) error { return d.Prepend(n, "first", Map(Entry{"k", String("x")})) },
	func(d *Document, n *yaml.Node) error {
		return onKeys(n, func(keys []string) error { return d.Set(n, keys[0], String("it's\n")) })
	},
	func(d *Document, n *yaml.Node) error {
		return onKeys(n, func(keys []string) error { return d.Rename(n, keys[0], Entry{"renamed", List(Plain("x"))}) })
	},
	func(d *Document, n *yaml.Node) error {
		return onKeys(n, func(keys []string) error { return d.Remove(n, keys[len(keys)-1]) })
	},
	func(d *Document, n *yaml.Node) error {
		return onKeys(n, func(keys []string) error {
			inner, err := d.Embed(n, keys[0])
			if err != nil || inner.Root() == nil || inner.Root().Kind != yaml.MappingNode {
				return err
			}
			if err := inner.Merge(inner.Root(), Map(Entry{"embedded", Plain("x")})); err != nil {
				return err
			}
			return d.SetEmbedded(n, keys[0], inner)
		})
	},
}

func onKeys(n *yaml.Node, edit func(keys []string) error) error {
	if keys := ownKeys(n); len(keys) > 0 {
		return edit(keys)
	}
	return nil
}

var provenListEdits = []func(d *Document, n *yaml.Node) error{
	func(d *Document, n *yaml.Node) error { return d.Append(n, Map(Entry{"p", Plain("v")})) },
	func(d *Document, n *yaml.Node) error { return d.InsertAfter(n, n.Content[0], Map(Entry{"p", True()})) },
	func(d *Document, n *yaml.Node) error { return d.RemoveItem(n, n.Content[len(n.Content)-1]) },
}

// edit makes an edit in the at-th collection of a text. It returns the document with its tree changed, and the edits; or nil where the
// edit is refused, or there is nothing to edit.
func edit(text string, at, verb int) (*Document, []Edit) {
	d, err := Parse([]byte(text))
	if err != nil || d.Root() == nil || d.foreign {
		return nil, nil
	}
	all := collections(d.Root())
	if len(all) == 0 {
		return nil, nil
	}
	n := all[at%len(all)]
	verbs := provenEdits
	if n.Kind == yaml.SequenceNode {
		if verbs = provenListEdits; len(n.Content) == 0 {
			return nil, nil
		}
	}
	if err := verbs[verb%len(verbs)](d, n); err != nil || !d.isEdited() {
		return nil, nil
	}
	edits, err := d.apply()
	if err != nil || len(edits) == 0 {
		return nil, nil
	}
	return d, edits
}

// collections are those below a node, each once.
func collections(root *yaml.Node) (all []*yaml.Node) {
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
			all = append(all, n)
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(root)
	return all
}

// marks mean something in YAML.
const marks = " \n:-#'\"|>{}[],&*!?a\t%@~"

// mutate makes edits wrong in one of several ways. It returns nil where they could not be applied.
func mutate(text string, edits []Edit, way, which, at, char int) []Edit {
	wrong := append([]Edit{}, edits...)
	e := &wrong[which%len(wrong)]
	place := at % (len(e.Text) + 1)
	shift := 1 + at%5
	switch way % 11 {
	case 0:
		e.Start, e.End = e.Start+shift, e.End+shift
	case 1:
		e.Start, e.End = e.Start-shift, e.End-shift
	case 2:
		e.Text = ""
	case 3:
		e.Text += e.Text
	case 4:
		e.Text = e.Text[:place]
	case 5:
		e.Text = e.Text[place:]
	case 6:
		e.Text = e.Text[:place] + string(marks[char%len(marks)]) + e.Text[place:]
	case 7:
		if place < len(e.Text) {
			e.Text = e.Text[:place] + e.Text[place+1:]
		}
	case 8:
		e.Text = strings.ReplaceAll(e.Text, "\n", "\n"+strings.Repeat(" ", shift))
	case 9:
		e.Text = strings.ReplaceAll(e.Text, "\n"+strings.Repeat(" ", shift), "\n")
	case 10:
		e.End += shift
	}
	end := 0
	for _, e := range wrong {
		if e.Start < end || e.End < e.Start || e.End > len(text) {
			return nil
		}
		end = e.End
	}
	return wrong
}

// prove applies edits to the text, and says what the local and the whole proof make of it. What they accept must mean the same as the
// right text, to a decoder.
func prove(t *testing.T, d *Document, right string, edits []Edit) (local, whole bool) {
	t.Helper()
	text := Splice(d.text, edits)
	local = isProvenLocally(t, text, edited(edits), d.root)
	whole = d.prove(text) == nil
	require.True(t, whole || !local, "the local proof accepts what the whole proof refuses: %q", text)
	if whole && string(text) != right {
		requireSameMeaning(t, right, string(text))
	}
	return local, whole
}

// isProvenLocally says whether the local proof accepts a text, by itself and among others: the library reads the blocks of several texts as
// one stream.
func isProvenLocally(t *testing.T, text []byte, spans []proof.Span, want *yaml.Node) bool {
	t.Helper()
	claim := proof.NewClaim(text, spans, want)
	if claim == nil {
		return false
	}
	defer claim.Release()
	other, whole := []byte("a:\n  b: c\n"), Map(Entry{"a", Map(Entry{"b", Plain("c")})})
	above, below := proof.NewClaim(other, []proof.Span{{Start: 5, End: 9}}, whole), proof.NewClaim(other, []proof.Span{{Start: 5, End: 9}}, whole)
	defer above.Release()
	defer below.Release()
	alone := proof.Check([]*proof.Claim{claim})[0]
	require.Equal(t, []bool{true, alone, true}, proof.Check([]*proof.Claim{above, claim, below}), "%q", text)
	return alone
}

func requireSameMeaning(t *testing.T, right, text string) {
	t.Helper()
	var want, got any
	if yaml.Unmarshal([]byte(right), &want) != nil {
		return // keys that a tree may have, and a decoder refuses
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &got))
	require.True(t, reflect.DeepEqual(want, got) || fmt.Sprint(want) == fmt.Sprint(got), "%q is not %q", text, right) // NaN is not equal to itself
}

// FuzzLocal holds that the local proof accepts an edit only where the whole proof does.
func FuzzLocal(f *testing.F) {
	for i, text := range proofTexts() {
		f.Add(text, uint8(i), uint8(i/3))
	}
	f.Fuzz(func(t *testing.T, text string, at, verb uint8) {
		if d, edits := edit(text, int(at), int(verb)); d != nil {
			prove(t, d, string(Splice(d.text, edits)), edits)
		}
	})
}

// FuzzMutants holds the same for edits that were made wrong.
func FuzzMutants(f *testing.F) {
	for i, text := range proofTexts() {
		f.Add(text, uint8(i), uint8(i/3), uint8(i), uint8(0), uint8(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, at, verb, way, which, place, char uint8) {
		d, edits := edit(text, int(at), int(verb))
		if d == nil {
			return
		}
		if _, whole := prove(t, d, string(Splice(d.text, edits)), edits); !whole {
			return // Finish refuses the edit
		}
		if wrong := mutate(text, edits, int(way), int(which), int(place), int(char)); wrong != nil {
			prove(t, d, string(Splice(d.text, edits)), wrong)
		}
	})
}

// TestMutants makes each edit wrong in many ways. Each one that changes what a document means is caught by the local proof, too.
func TestMutants(t *testing.T) {
	mutants, local, whole, right, rightLocally := 0, 0, 0, 0, 0
	for _, text := range append(proofTexts(), corpusDocuments(t, 40)...) {
		for at := range 6 {
			for verb := range provenEdits {
				d, edits := edit(text, at, verb)
				if d == nil {
					continue
				}
				want := string(Splice(d.text, edits))
				l, w := prove(t, d, want, edits)
				if !w {
					continue // Finish refuses the edit
				}
				right++
				if l {
					rightLocally++
				}
				for way := range 11 {
					wrong := mutate(text, edits, way, at+way, 3*verb+at, at+7*verb)
					if wrong == nil || string(Splice(d.text, wrong)) == want {
						continue
					}
					mutants++
					l, w := prove(t, d, want, wrong)
					if !l {
						local++
					}
					if !w {
						whole++
					}
				}
			}
		}
	}
	t.Logf("%d right edits: the local proof accepts %d of the %d that the whole one does; %d wrong ones: the local proof refuses %d, the whole one %d",
		right, rightLocally, right, mutants, local, whole)
	require.Greater(t, mutants, 1000)
	require.GreaterOrEqual(t, local, whole)
}

func proofTexts() []string {
	texts := append(append([]string{}, quirks...), lists...)
	for _, c := range mergeCases {
		texts = append(texts, c.in)
	}
	for _, c := range editCases {
		texts = append(texts, c.in)
	}
	for _, c := range verbCases {
		texts = append(texts, c.in)
	}
	return texts
}

// corpusDocuments are short documents of rendered charts, where they are there.
func corpusDocuments(t *testing.T, count int) (documents []string) {
	files, err := filepath.Glob("../../../shared/corpus/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for document := range strings.SplitSeq(string(text), "\n---\n") {
			if len(document) < 4000 && strings.Contains(document, "containers:") && len(documents) < count {
				documents = append(documents, document)
			}
		}
	}
	return documents
}
