package yamledit

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutlineRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"items: [{a: 1}]\n":                     "expected a list in block style",
		"items: {a: 1}\n":                       "expected a list in block style",
		"items:\n- a: 1\nb: *x\n":               "an alias refers to an anchor that the outline does not define",
		"items: &x\n- a: 1\nb: *x\n":            "the anchor &x is used elsewhere",
		"items:\n- a: 1\n- b\n":                 "expected a mapping, got a scalar",
		"%TAG !! tag:x,\n---\nitems:\n- a: 1\n": "a %TAG directive changes what the tags of the items mean",
	} {
		d, err := Parse([]byte(text))
		require.NoError(t, err)
		_, err = d.Outline(own(d.root, "items"))
		require.ErrorContains(t, err, want, "%q", text)
	}
}

func TestParseItemRefuses(t *testing.T) {
	o := outlineOf(t, "items:\n  - a: 1\n")
	for text, want := range map[string]string{
		"":                          "does not begin with the dash of an item",
		"  # c\n":                   "does not begin with the dash of an item",
		"  a: 1\n":                  "does not begin with the dash of an item",
		"- a: 1\n":                  "does not begin with the dash of an item",
		"  # c\n  - a: 1\n":         "does not begin with the dash of an item",
		"  - a: 1\n  - b: 2\n":      "expected one item, got 2",
		"  - a\n":                   "expected a mapping, got a scalar",
		"  - - a\n":                 "expected a mapping, got a list",
		"  -\n":                     "expected a mapping, got a scalar",
		"  - a: *x\n":               "the item has an anchor or an alias",
		"  - a: &x 1\n":             "the item has an anchor or an alias",
		"  - a: 1":                  "the item does not end in a line break",
		"  - a: 1\nb: 2\n":          "did not find expected",
		"  - a: 1\n---\n  - b: 2\n": "a second document starts here",
		"  - a: [\n":                "did not find expected node content",
	} {
		_, err := o.ParseItem([]byte(text))
		require.ErrorContains(t, err, want, "%q", text)
	}
}

func TestItemErrorsArePlacedInTheItem(t *testing.T) {
	d, err := outlineOf(t, "items:\n- a: 1\n").ParseItem([]byte("- a: 1\n  m:\n    p: [x]\n"))
	require.NoError(t, err)
	err = d.Merge(Lookup(Items(d.Root())[0], "m"), Map(Entry{"p", Map(Entry{"k", True()})}))
	require.Equal(t, &Refusal{Line: 3, Path: "m.p", Cause: "expected a mapping, got a list"}, err)
}

// An item goes, with its line. Blank lines below it could become part of a block scalar above it.
func TestItemIsRemoved(t *testing.T) {
	for text, want := range map[string]string{"- a: 1\n": "", "- a: 1\n# c\n\n": "# c\n\n", "- a: 1\n\n": "refused", "- a: 1\n   # c\n": "refused"} {
		d, err := outlineOf(t, "items:\n- a: 1\n").ParseItem([]byte(text))
		require.NoError(t, err)
		require.NoError(t, d.RemoveItem(d.Root(), Items(d.Root())[0]))
		edits, err := d.Finish()
		if want == "refused" {
			require.IsType(t, &Refusal{}, err, "%q", text)
			continue
		}
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, string(Splice([]byte(text), edits)))
	}
}

func TestItemsAreEditedAtOnce(t *testing.T) {
	o := outlineOf(t, "k:\n    \"j\": 'v'\nitems:\n- a: 1\n")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			text := []byte("- a: 1\n")
			d, err := o.ParseItem(text)
			if err == nil {
				err = itemEdits["insert and merge"](d, d.Root(), Items(d.Root())[0])
			}
			var edits []Edit
			if err == nil {
				edits, err = d.Finish()
			}
			assert.NoError(t, err)
			assert.Equal(t, "- a: 1\n  new: 'x'\n- p: 'v'\n- o: true\n", string(Splice(text, edits)))
		})
	}
	group.Wait()
}

func outlineOf(t *testing.T, text string) *Outline {
	t.Helper()
	d, err := Parse([]byte(text))
	require.NoError(t, err)
	o, err := d.Outline(Lookup(d.Root(), "items"))
	require.NoError(t, err)
	return o
}
