package yamledit

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/parallel"
	"enmesh.dev/enmesh/fn/yamledit/library"
	"enmesh.dev/enmesh/fn/yamledit/plain"
	"enmesh.dev/enmesh/fn/yamledit/proof"
)

// pieceLength is how many items of a long list are written and checked at a time.
const pieceLength = 256

// MergeLong merges a list of length items into the value of a block mapping's key, as Merge does, but in less time and
// memory: the first item is merged, and shows how the others are written. These are made, written, read again and compared
// in pieces, on all cores. item must be safe for that; it is called with the indices of the items. Each is called once,
// but the first twice. The error is a *Refusal.
func (d *Document) MergeLong(mapping *yaml.Node, key string, length int, item func(int) *yaml.Node) error {
	first := item(0)
	existing := Lookup(mapping, key)
	inFlow := isFlow(mapping) || existing != nil && (existing.Kind != yaml.SequenceNode || isFlow(existing) || len(existing.Content) == 0)
	if inFlow || length == 1 || !bytes.HasSuffix(d.text, []byte("\n")) {
		return d.mergeAll(mapping, key, length, item)
	}
	s, dash := d.listStyle(mapping, existing)
	edits, changes := len(d.queue), len(d.changes)
	if err := d.Merge(mapping, Map(Entry{Key: key, Value: List(first)})); err != nil {
		return err
	}
	w := writer{style: s}
	w.line(dash)
	w.listItem(first, dash)
	if len(d.queue) != edits+1 || !strings.HasSuffix(d.queue[edits].Text, w.String()) {
		d.queue, d.changes = d.queue[:edits], d.changes[:changes] // the list goes to an unusual place
		return d.mergeAll(mapping, key, length, item)
	}
	pieces := make([]piece, (length-1+pieceLength-1)/pieceLength)
	for i := range pieces {
		pieces[i].from, pieces[i].to = 1+i*pieceLength, min(length, 1+(i+1)*pieceLength)
	}
	parallel.Each(pieces, func(p *piece) { p.write(s, dash, item) })
	for _, p := range pieces {
		if p.err != nil {
			return p.err
		}
		d.queue[edits].more = append(d.queue[edits].more, p.text)
	}
	return nil
}

// mergeAll is MergeLong without pieces.
func (d *Document) mergeAll(mapping *yaml.Node, key string, length int, item func(int) *yaml.Node) error {
	items := List()
	for i := range length {
		items.Content = append(items.Content, item(i))
	}
	return d.Merge(mapping, Map(Entry{Key: key, Value: items}))
}

// listStyle is the style of the items of a list that exists, or of one that is added to a mapping.
func (d *Document) listStyle(mapping, list *yaml.Node) (s style, dash int) {
	if list != nil {
		s = d.styleAt(list, 0)
		s.item = d.itemOffset(list)
		return s, d.dash(list)
	}
	at, err := d.start(mapping)
	if err != nil {
		at = 0
	}
	s = d.styleAt(mapping, at)
	return s, mapping.Content[0].Column - 1 + s.dash
}

// piece is a run of items of a long list.
type piece struct {
	from, to int
	text     string
	err      error
}

// write makes the text of the items, and reads it again.
func (p *piece) write(s style, dash int, item func(int) *yaml.Node) {
	want := List()
	w := writer{style: s}
	for i := p.from; i < p.to; i++ {
		n := item(i)
		want.Content = append(want.Content, n)
		w.line(dash)
		w.listItem(n, dash)
	}
	p.text = w.String()
	text := []byte(strings.TrimPrefix(p.text, s.eol) + s.eol)
	memory := plain.Borrow()
	defer memory.Return()
	got := memory.Read(text)
	if got == nil {
		got, p.err = library.Read(text)
	}
	if line, ok := proof.Same(want, got); !ok && p.err == nil {
		p.err = &Refusal{Line: line, Cause: "the added items would not have the expected content"}
	}
}

// extended returns the edits with what was checked apart from them, each behind the edit that it belongs to.
func extended(queue []queued, edits []Edit) []Edit {
	for i := len(queue) - 1; i >= 0; i-- {
		for at, text := range queue[i].more {
			edits = slices.Insert(edits, i+1+at, Edit{queue[i].End, queue[i].End, text})
		}
	}
	return edits
}
