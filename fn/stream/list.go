package stream

import (
	"bytes"

	"enmesh.dev/enmesh/fn/parallel"
)

// List is a document that was cut into its items. It is in block style and of kind List or ResourceList, and an item starts at
// each line with a dash at the column of the first item's dash. A list is not cut if its text may have another meaning: flow
// style, anchors, directives, tabs in indentation, unusual line breaks, quoted scalars of several lines outside the items.
// There is one exception: an item in which a quoted scalar or a flow collection may be open at the end is returned as one that
// may hold anything.
//
// So the caller must parse each item that it gets. If an item does not parse, or is not a sequence of one item, the list was cut
// in a wrong place or is not valid YAML, and the caller must read the whole list as one document. If all items and the Outline
// parse, the items are those of the list, and the items that were not returned have a kind of no interest.
type List struct {
	// Stream, From, Start and End are the same as in a Document of the whole list.
	Stream, From, Start, End int
	// Kind is List or ResourceList.
	Kind string
	// Source is the chart template that the list was rendered from, if Helm names it above the list or in an item.
	Source string
	// Items is the number of items, including those of no interest.
	Items int
	// Outline is the text of the list without its items, except the last one.
	Outline []byte
	// Hole is the part of the stream with the items that are not in the Outline.
	Hole Span
}

// Offset turns an offset in the outline into one in the stream. At the hole, it returns the end of the hole.
func (l *List) Offset(at int) int {
	if at += l.Start; at >= l.Hole.Start {
		at += l.Hole.End - l.Hole.Start
	}
	return at
}

// Cut is a list that was cut into its items, which are not judged yet.
type Cut struct {
	List *List
	runs []run
}

// NewCut cuts a document into the items of a list. It returns nil if the document is not a list, or is not cut.
func NewCut(document []byte) *Cut {
	var s sniffer
	at := s.document(document, 0, true)
	if at == len(document) {
		return nil
	}
	return cut(document, Document{End: len(document)}, s, at)
}

// cut cuts a document of a stream. The sniffer has read up to the offset in the document where the line of the items' key is.
func cut(stream []byte, d Document, s sniffer, at int) *Cut {
	l := &List{Stream: d.Stream, From: d.From, Start: d.Start, End: d.End}
	key := d.Start + at
	head := newReader(stream, key, d.End)
	if !isClosed(stream, d.Start, key) || !head.findItem() || isUnusual(stream[key:head.at]) {
		return nil
	}
	runs := runsOf(stream, head.at, d.End, head.column)
	parallel.Each(runs, (*run).read)
	tail, last := d.End, head.at
	for i := range runs {
		r := &runs[i]
		if r.refused {
			return nil
		}
		l.Items += r.count
		last = r.last
		if r.ended {
			tail, runs = r.end, runs[:i+1]
			break
		}
	}
	at = s.document(stream[:d.End], tail, true)
	_, kind := s.result()
	if l.Kind = string(kind); !isListKind(kind) || at < d.End || l.Items < 2 || !isClosed(stream, tail, d.End) {
		return nil
	}
	l.Hole = Span{head.at, last}
	l.Outline = append(append([]byte(nil), stream[d.Start:head.at]...), stream[last:d.End]...)
	l.Source = Source(stream[d.Start:d.End])
	return &Cut{l, runs}
}

// Documents returns the items of interest, in order.
func (c *Cut) Documents(judge InterestFunc) []Document {
	type judged struct {
		*run
		above     int // how many items are above it
		documents []Document
	}
	runs, above, count := make([]judged, len(c.runs)), 0, 0
	for i := range c.runs {
		runs[i] = judged{run: &c.runs[i], above: above}
		above += c.runs[i].count
	}
	parallel.Each(runs, func(r *judged) { r.documents = r.judge(c.List, r.above, judge) })
	for _, r := range runs {
		count += len(r.documents)
	}
	documents := make([]Document, 0, count)
	for _, r := range runs {
		documents = append(documents, r.documents...)
	}
	return documents
}

// mayBeList says whether the document may be a list, as far as it was read.
func (s *sniffer) mayBeList() bool { return s.kinds == 0 || isListKind(s.kind) }

func isListKind(kind []byte) bool {
	return string(kind) == "List" || string(kind) == "ResourceList"
}

// isItemsKey says whether a line is the key of a list's items, at column 0.
func isItemsKey(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("items"))
	rest = trimBlanks(rest)
	return ok && len(rest) > 0 && rest[0] == ':'
}
