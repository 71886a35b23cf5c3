package yamledit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A cutList is a document with a sequence of mappings, and the lines of the sequence's items.
type cutList struct {
	text  string
	items []span
}

// cutOut finds the first block sequence of at least two mappings under a key items, and cuts its items out.
func cutOut(text string) (cutList, bool) {
	c := cutList{text: text}
	d, sequence := c.parse()
	if sequence == nil || d.foreign || len(sequence.Content) < 2 {
		return c, false
	}
	dash := d.dash(sequence)
	for _, item := range sequence.Content {
		if item.Kind != yaml.MappingNode {
			return c, false
		}
		at, err := d.start(item)
		if err != nil {
			return c, false
		}
		for at = d.lineStart(at); indentation(d.text[at:]) != dash || !strings.HasPrefix(text[at+dash:], "-"); at = d.lineStart(d.beforeBreak(at)) {
			if at == 0 {
				return c, false
			}
		}
		if len(c.items) > 0 {
			c.items[len(c.items)-1].end = at
		}
		c.items = append(c.items, span{at, 0})
	}
	end, err := d.end(sequence.Content[len(c.items)-1])
	if err != nil {
		return c, false
	}
	for end = d.nextLine(d.lineEnd(end)); end < len(text) && isIdle(d.text[end:]); {
		end = d.nextLine(d.lineEnd(end))
	}
	if end < len(text) && indentation(d.text[end:]) > d.dash(sequence) {
		return c, false // the last item goes on: what is behind an explicit key is not found
	}
	c.items[len(c.items)-1].end = end
	return c, true
}

// parse returns the document and its sequence, or nil where there is none.
func (c cutList) parse() (*Document, *yaml.Node) {
	d, err := Parse([]byte(c.text))
	if err != nil || d.root == nil {
		return nil, nil
	}
	var find func(n *yaml.Node) *yaml.Node
	find = func(n *yaml.Node) *yaml.Node {
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "items" && child.Kind == yaml.SequenceNode && !isFlow(child) {
				return child
			}
			if found := find(child); found != nil {
				return found
			}
		}
		return nil
	}
	return d, find(d.root)
}

// outline is read from the document with its last item only.
func (c cutList) outline() (*Outline, bool) {
	last := c.items[len(c.items)-1].start
	d, sequence := cutList{text: c.text[:c.items[0].start] + c.text[last:]}.parse()
	if sequence == nil || len(sequence.Content) != 1 {
		return nil, false
	}
	o, err := d.Outline(sequence)
	return o, err == nil
}

// edited returns the whole text after an edit in each item from one up to another, made in the whole document.
func (c cutList) edited(edit func(*Document, *yaml.Node, *yaml.Node) error, from, to int) (string, error) {
	d, sequence := c.parse()
	for _, item := range sequence.Content[from:to] {
		if err := edit(d, sequence, item); err != nil {
			return "", err
		}
	}
	edits, err := d.Finish()
	return string(Splice(d.text, edits)), err
}

// editedApart returns the same, where each item is edited by itself. It is not ok where an item cannot be.
func (c cutList) editedApart(o *Outline, edit func(*Document, *yaml.Node, *yaml.Node) error, from, to int) (text string, ok bool, err error) {
	var b strings.Builder
	at := 0
	for _, item := range c.items[from:to] {
		d, err := o.ParseItem([]byte(c.text[item.start:item.end]))
		if err != nil {
			return "", false, err
		}
		err = edit(d, d.root, d.root.Content[0])
		var edits []Edit
		if err == nil {
			edits, err = d.Finish()
		}
		if refusal, ok := err.(*Refusal); ok {
			refusal.Line += strings.Count(c.text[:item.start], "\n")
		}
		if err != nil {
			return "", true, err
		}
		b.WriteString(c.text[at:item.start])
		b.Write(Splice(d.text, edits))
		at = item.end
	}
	return b.String() + c.text[at:], true, nil
}

// isIn says whether an item has a line of the text.
func (c cutList) isIn(item, line int) bool {
	d := &Document{text: []byte(c.text), lines: lines{text: []byte(c.text)}}
	at := d.lines.start(line)
	return c.items[item].start <= at && at < c.items[item].end
}

// requireSameApart checks that edits in an item come out the same in the whole document and in the item's own.
func requireSameApart(t *testing.T, text string) (compared int) {
	c, ok := cutOut(text)
	if !ok {
		return 0
	}
	o, ok := c.outline()
	if !ok {
		return 0
	}
	check := func(name string, edit func(*Document, *yaml.Node, *yaml.Node) error, from, to int) {
		got, ok, err := c.editedApart(o, edit, from, to)
		if !ok {
			return
		}
		compared++
		want, wantErr := c.edited(edit, from, to)
		if err != nil && strings.HasPrefix(err.Error(), "the lines below the removed item") {
			return
		}
		if refusal, ok := wantErr.(*Refusal); ok && refusal.Cause == lostCause && !c.isIn(from, refusal.Line) {
			return // an edit of the sequence asks for the place of every item, also where it changes only one
		}
		if refusal, ok := wantErr.(*Refusal); ok && to == from+1 { // among several, another one may be found first
			require.IsType(t, refusal, err, "%s in item %d of %q", name, from, text)
			require.Equal(t, refusal.Cause, err.(*Refusal).Cause, "%s in item %d of %q", name, from, text)
			// Lines are counted by LF here; the tree is compared as a whole; an embedded document has lines of its own.
			if name != "embed" && !strings.ContainsAny(text, "\r\u0085\u2028\u2029") && !strings.HasPrefix(refusal.Cause, "the edited document") {
				require.Equal(t, refusal.Line, err.(*Refusal).Line, "%s in item %d of %q", name, from, text)
			}
			return
		}
		require.Equal(t, wantErr == nil, err == nil, "%s in item %d of %q: %v, %v", name, from, text, wantErr, err)
		if err != nil {
			return
		}
		require.Equal(t, want, got, "%s in items %d to %d of %q", name, from, to, text)
	}
	for name, edit := range itemEdits {
		for i := range c.items {
			check(name, edit, i, i+1)
		}
		if strings.HasPrefix(name, "remove") { // the last item stays, and with it the sequence
			check(name, edit, 0, len(c.items)-1)
		} else {
			check(name, edit, 0, len(c.items))
		}
	}
	return compared
}

// FuzzItem holds that an item that is edited by itself comes out as in the whole document, on any text.
func FuzzItem(f *testing.F) {
	for _, text := range lists {
		f.Add(text)
	}
	for _, c := range mergeCases {
		f.Add("items:\n- " + strings.ReplaceAll(c.in, "\n", "\n  ") + "\n- z: 1\n")
	}
	for _, quirk := range quirks {
		f.Add("k: v\nitems:\n  - " + strings.ReplaceAll(quirk, "\n", "\n    ") + "\n  - q: z\nm: {}\n")
	}
	f.Fuzz(func(t *testing.T, text string) { requireSameApart(t, text) })
}

func TestItemIsEditedAsInTheWholeDocument(t *testing.T) {
	compared := 0
	for _, text := range lists {
		compared += requireSameApart(t, text)
	}
	require.Greater(t, compared, 400, "too few edits were compared")
}

// isIdle says whether a line holds nothing, or a comment.
func isIdle(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) == 0 || line[0] == '#' || line[0] == '\n' || line[0] == '\r'
}
