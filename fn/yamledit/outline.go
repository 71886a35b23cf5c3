package yamledit

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Outline describes a document around a long block sequence of mappings, so that each item can be parsed and edited by
// itself: the edits are those that the whole document would get from the same verbs, byte for byte. It holds what
// additions to an item depend on above the item. It never changes, so any number of items can be parsed concurrently.
type Outline struct {
	dash       int // indentation of the sequence's dashes
	itemOffset int
	indents    indents // shown above the sequence
	keyQuote   byte    // of the nearest mapping above that has keys
	hasKeys    bool    // there is one
	valueQuote byte    // for additions to the sequence
}

// Outline returns the outline for a sequence of the document. All items of the sequence but the last one may be missing
// from the document's text. Every item of the whole sequence must be a mapping. Later edits of the document do not change the
// outline. The error is a *Refusal where the items depend on more than an outline shows: edit the whole document instead.
func (d *Document) Outline(sequence *yaml.Node) (*Outline, error) {
	if sequence.Kind != yaml.SequenceNode || isFlow(sequence) {
		return nil, d.refuse(sequence, "expected a list in block style")
	}
	if d.foreign {
		return nil, d.refuse(sequence, "an alias refers to an anchor that the outline does not define")
	}
	if bytes.Contains(d.text, []byte("%TAG")) {
		return nil, d.refuse(sequence, "a %%TAG directive changes what the tags of the items mean")
	}
	if err := d.shared(sequence); err != nil {
		return nil, err
	}
	if last := sequence.Content[len(sequence.Content)-1]; last.Kind != yaml.MappingNode {
		return nil, d.refuse(last, "expected a mapping, got %s", kindOf(last))
	}
	o := &Outline{dash: d.dash(sequence), itemOffset: d.itemOffset(sequence), valueQuote: d.valueQuote(sequence)}
	above := d.kin(sequence).parent
	o.indents = d.indents(above)
	o.keyQuote, o.hasKeys = d.keyQuote(above)
	return o, nil
}

// ParseItem parses one item of the sequence into a document whose root is a sequence with only that item. The text is the
// item's lines: from the line of its dash up to the dash of the next item, or up to the next key below the sequence, or to
// the end of the document. Comments and blank lines below the item belong to it. InsertAfter adds items below it.
//
// Lines in the document and in its errors count from the item's first line, paths in errors begin at the item, and Finish
// returns offsets in the text.
//
// The error is a *library.SyntaxError, or a *Refusal where the item cannot be edited by itself: it is not a mapping, it has an
// anchor or an alias (other items may use the anchor), or its text does not end in a line break. A verb or Finish may also
// refuse what the whole document allows: to remove the item with blank lines or deeper comments below it, because these
// could become part of a block scalar above. So on any error, edit the whole document instead; its error is the one to
// report. Do so too where no item would be left, because Remove would then remove the key of the sequence.
func (o *Outline) ParseItem(text []byte) (*Document, error) {
	d, err := Parse(text)
	if err != nil {
		return nil, err
	}
	dash := indentation(text)
	switch {
	case d.root == nil || d.root.Kind != yaml.SequenceNode || d.root.Line != 1 || dash != o.dash || text[dash] != '-':
		return nil, refuseItem("the text does not begin with the dash of an item")
	case len(d.root.Content) != 1:
		return nil, refuseItem("expected one item, got %d", len(d.root.Content))
	case d.root.Content[0].Kind != yaml.MappingNode:
		return nil, refuseItem("expected a mapping, got %s", kindOf(d.root.Content[0]))
	case d.foreign || hasAnchor(d.root):
		return nil, refuseItem("the item has an anchor or an alias")
	case !bytes.HasSuffix(text, []byte("\n")) && !bytes.HasSuffix(text, []byte("\r")):
		return nil, refuseItem("the item does not end in a line break")
	}
	d.outline = o
	return d, nil
}

// canRemain says whether the lines that are left of a removed item mean nothing, whatever stands above them. Blank lines
// would belong to a block scalar that keeps them, and deeper comments to any block scalar.
func (o *Outline) canRemain(text []byte) bool {
	indent := indentation(text)
	return len(text) == 0 || indent <= o.dash && indent < len(text) && text[indent] == '#'
}

func refuseItem(format string, args ...any) error {
	return &Refusal{Line: 1, Cause: fmt.Sprintf(format, args...)}
}

// hasAnchor says whether a node or one below it has an anchor.
func hasAnchor(n *yaml.Node) bool {
	if n.Anchor != "" {
		return true
	}
	for _, child := range n.Content {
		if hasAnchor(child) {
			return true
		}
	}
	return false
}
