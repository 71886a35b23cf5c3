package yamledit

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Removal undoes what Merge, Prepend and Append do, to the byte. A block mapping that loses its last key is removed too, and
// so may be the mapping around it. So removed nodes are only marked at first, and Finish cuts them out.

// Remove removes keys that the mapping has itself. Where a block mapping or a block sequence would be left empty,
// its own key or item is removed too; in flow style it stays, as {} or []. The error is a *Refusal.
func (d *Document) Remove(mapping *yaml.Node, keys ...string) error {
	if err := d.shared(mapping); err != nil {
		return err
	}
	for _, key := range keys {
		if isTwice(mapping, key) {
			return d.refuse(mapping.Content[index(mapping, key)], "the key %q is defined twice", key)
		}
		if at := index(mapping, key); at >= 0 {
			d.mark(mapping.Content[at+1])
		}
	}
	return nil
}

// RemoveItem removes an item of a sequence, as Remove does keys. The error is a *Refusal.
func (d *Document) RemoveItem(sequence, item *yaml.Node) error {
	if err := d.shared(sequence); err != nil {
		return err
	}
	if d.kin(item).parent != sequence {
		return d.refuse(item, "the item is defined elsewhere in the document, and is only referred to here by an alias")
	}
	d.mark(item)
	return nil
}

// mark notes that an item, or a value with its key, is removed; and the collection around it where nothing else is left.
func (d *Document) mark(child *yaml.Node) {
	if d.removed == nil {
		d.removed = map[*yaml.Node]bool{}
	}
	d.removed[child] = true
	holder := d.kin(child).parent
	if holder == d.root || isFlow(holder) || slices.ContainsFunc(values(holder), d.stays) {
		return
	}
	d.mark(holder)
}

func (d *Document) stays(child *yaml.Node) bool { return !d.removed[child] }

// values are the items of a sequence, or the values of a mapping.
func values(collection *yaml.Node) []*yaml.Node {
	if collection.Kind == yaml.SequenceNode {
		return collection.Content
	}
	values := make([]*yaml.Node, 0, len(collection.Content)/2)
	for i := 1; i < len(collection.Content); i += 2 {
		values = append(values, collection.Content[i])
	}
	return values
}

// span is a range of bytes to cut out.
type span struct{ start, end int }

// sweep queues the edits that cut the marked nodes out.
func (d *Document) sweep() error {
	if len(d.removed) == 0 {
		return nil
	}
	var spans []span
	holders := map[*yaml.Node]bool{}
	for child := range d.removed {
		holder := d.kin(child).parent
		if holders[holder] || d.isBelowRemoved(holder) {
			continue
		}
		holders[holder] = true
		cut, err := d.cut(holder)
		if err != nil {
			return err
		}
		spans = append(spans, cut...)
	}
	breaks := d.blockScalarBreaks()
	inserts := map[int]bool{}
	for _, q := range d.queue {
		inserts[q.Start] = true
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	for i := 0; i < len(spans); {
		s := spans[i]
		for i++; i < len(spans) && spans[i].start <= s.end; i++ {
			s.end = max(s.end, spans[i].end)
		}
		for s.start > 0 && breaks[d.beforeBreak(s.start)] && s.end < len(d.text) && d.isBlank(s.end) {
			s.end = d.nextLine(d.lineEnd(s.end)) // or a block scalar above would gain the line
		}
		if s.end == len(d.text) && s.end > 0 && d.lineEnd(s.end-1) == s.end && s.start > 0 && d.lineStart(s.start) == s.start {
			if _, needed := breaks[d.beforeBreak(s.start)]; !needed {
				s.start = d.beforeBreak(s.start) // the text ends without a line break, and must do so again
			}
		}
		if end := d.beforeBreak(s.end); inserts[end] && end > s.start && d.isBelowBreak(s.start) && d.isBelowBreak(s.end) {
			s = span{d.beforeBreak(s.start), end} // what is added behind the last line begins with a line break
		}
		d.replace(d.root, s.start, s.end, "")
	}
	return nil
}

// blockScalarBreaks finds the line breaks that end the values of block scalars, and says whether the scalar keeps what is
// blank below.
func (d *Document) blockScalarBreaks() map[int]bool {
	breaks := map[int]bool{}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if isBlockScalar(n) && strings.HasSuffix(n.Value, "\n") {
			if at, err := d.content(n); err == nil {
				if block, err := d.blockScalar(n, at); err == nil {
					breaks[block.end] = block.keeps
				}
			}
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(d.root)
	return breaks
}

// isBelowBreak says whether a line break ends in front of the offset.
func (d *Document) isBelowBreak(at int) bool {
	return at > 0 && (d.text[at-1] == '\n' || d.text[at-1] == '\r')
}

// isBlank says whether the rest of the line holds nothing but spaces.
func (d *Document) isBlank(at int) bool {
	return len(bytes.Trim(d.text[at:d.lineEnd(at)], " ")) == 0
}

func (d *Document) isBelowRemoved(n *yaml.Node) bool {
	for ; n != nil; n = d.kin(n).parent {
		if d.removed[n] {
			return true
		}
	}
	return false
}

// cut returns the spans of a collection's marked children, and queues the change to the tree.
func (d *Document) cut(collection *yaml.Node) ([]span, error) {
	size := 1
	if collection.Kind == yaml.MappingNode {
		size = 2
	}
	var children []member
	for i := size - 1; i < len(collection.Content); i += size {
		start, err := d.start(collection.Content[i+1-size])
		if err != nil {
			return nil, err
		}
		end, err := d.childEnd(collection, i)
		if err != nil {
			return nil, err
		}
		children = append(children, member{span{start, end}, d.removed[collection.Content[i]]})
	}
	d.then(func() {
		kept := collection.Content[:0:0]
		for i := size - 1; i < len(collection.Content); i += size {
			if d.stays(collection.Content[i]) {
				kept = append(kept, collection.Content[i+1-size:i+1]...)
			}
		}
		collection.Content = kept
	})
	if isFlow(collection) {
		return d.cutFlow(children), nil
	}
	return d.cutBlock(collection, children), nil
}

// member is the position of a key with its value, or of an item, and whether it is removed.
type member struct {
	span
	goes bool
}

func (d *Document) cutBlock(collection *yaml.Node, children []member) []span {
	var spans []span
	for i, child := range children {
		if !child.goes {
			continue
		}
		start := d.memberStart(collection, child)
		if d.startsLine(start) {
			spans = append(spans, span{d.lineStart(start), d.nextLine(d.lineEnd(child.end))})
			continue
		}
		for _, next := range children[i:] {
			if !next.goes { // `- key: value`: the next key takes its place
				spans = append(spans, span{start, d.memberStart(collection, next)})
				break
			}
		}
	}
	return spans
}

// memberStart is the offset of a member of a block collection: of its key, or of its dash.
func (d *Document) memberStart(collection *yaml.Node, child member) int {
	if collection.Kind == yaml.SequenceNode {
		return d.dashOf(child.start)
	}
	return child.start
}

// dashOf returns the offset of the dash in front of an item.
func (d *Document) dashOf(item int) int {
	at := item - 1
	for at > 0 && d.text[at] != '-' {
		at--
	}
	return at
}

func (d *Document) cutFlow(children []member) []span {
	last := len(children) - 1 // the last one that stays
	for last >= 0 && children[last].goes {
		last--
	}
	final := len(children) - 1
	comma := d.skipGap(children[final].end)
	trailing := comma < len(d.text) && d.text[comma] == ','
	behind := func(i int) int { // the comma that follows a child, or else the child
		if i < final || trailing {
			return d.skipGap(children[i].end) + 1
		}
		return children[i].end
	}
	if last < 0 {
		return []span{{children[0].start, behind(final)}}
	}
	var spans []span
	for i, child := range children {
		switch {
		case !child.goes:
		case i < last:
			spans = append(spans, span{child.start, children[i+1].start})
		case trailing:
			spans = append(spans, span{behind(i - 1), behind(i)})
		case d.startsLine(child.start): // the comma above, and the line; a comment between them stays
			spans = append(spans, span{behind(i-1) - 1, behind(i - 1)}, span{d.beforeBreak(d.lineStart(child.start)), child.end})
		default:
			spans = append(spans, span{children[i-1].end, child.end})
		}
	}
	return spans
}
