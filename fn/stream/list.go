package stream

import "bytes"

// List is a document that was cut into its items. It is in block style and of kind List or ResourceList, and an item begins
// at each line that has a dash at the column of the first item's dash. Text that may be read in another way is not cut:
// flow style, anchors, directives, tabs in indentation, unusual line breaks, quoted scalars of several lines beside the
// items. There is one exception: an item in which a quoted scalar or a flow collection may be open at its end is returned
// as one that may hold anything.
//
// So the caller parses each item that it is given. Where one does not parse, or is not a sequence of one, the list was cut
// in a wrong place or is not valid YAML, and the caller reads the Whole of it as one document. Where all parse, and the list
// does, the items are what is in the list, and those that are not given have a kind of no interest.
type List struct {
	// Stream is the index of the stream. From, Start and End are those of a Document that is the whole list.
	Stream, From, Start, End int
	// Kind is List or ResourceList.
	Kind string
	// Source is the chart template that it was rendered from, where Helm says so above it or in an item.
	Source string
	// Items is how many it has, also those that are of no interest.
	Items int
	// Outline is its text with all items left out but the last one.
	Outline []byte
	// Hole is where in the stream those items are.
	Hole Span

	holeLine, holeLines int // the outline's lines above the hole, and those left out
}

// Whole is the document that the list is.
func (l *List) Whole() Document {
	return Document{Stream: l.Stream, From: l.From, Start: l.Start, End: l.End, Interest: PodsAndFacts}
}

// Offset turns an offset in the outline into one in the stream. Where the hole is, it is the one behind it.
func (l *List) Offset(at int) int {
	if at += l.Start; at >= l.Hole.Start {
		at += l.Hole.End - l.Hole.Start
	}
	return at
}

// Line turns a line of the outline into one of the list, both from 1.
func (l *List) Line(line int) int {
	if line > l.holeLine {
		line += l.holeLines
	}
	return line
}

// Cut cuts a document into the items of a list, and returns those in which judge sees an interest. The list is nil where
// the document is no list, or is not cut.
func Cut(document []byte, judge Judge) (*List, []Document) {
	var s sniffer
	at := s.document(document, 0, true)
	if at == len(document) {
		return nil, nil
	}
	return cut(document, Document{End: len(document)}, s, at, judge)
}

// cut cuts a document of a stream. The sniffer has read up to the offset in the document where the line of the items' key is.
func cut(stream []byte, d Document, s sniffer, at int, judge Judge) (*List, []Document) {
	l := &List{Stream: d.Stream, From: d.From, Start: d.Start, End: d.End}
	key := d.Start + at
	head := newReader(stream, key, d.End)
	if !isClosed(stream, d.Start, key) || !head.findItem() || isUnusual(stream[key:head.at]) {
		return nil, nil
	}
	runs := runsOf(stream, head.at, d.End, head.column)
	each(runs, func(r *run) { r.read(l, judge) })
	tail, last := d.End, 0
	var items []Document
	for i := range runs {
		r := &runs[i]
		if r.refused {
			return nil, nil
		}
		for _, item := range r.documents {
			item.Index += l.Items
			items = append(items, item)
		}
		l.Items += r.count
		last = r.last
		if r.ended {
			tail = r.end
			break
		}
	}
	at = s.document(stream[:d.End], tail, true)
	_, kind := s.result()
	if l.Kind = string(kind); !isListKind(kind) || at < d.End || l.Items < 2 || !isClosed(stream, tail, d.End) {
		return nil, nil
	}
	l.Hole = Span{head.at, last}
	l.Outline = append(append([]byte(nil), stream[d.Start:head.at]...), stream[last:d.End]...)
	l.Source = Source(stream[d.Start:d.End])
	l.holeLine = bytes.Count(stream[d.Start:head.at], []byte("\n"))
	l.holeLines = bytes.Count(stream[head.at:last], []byte("\n"))
	return l, items
}

// mayBeList says whether what was read so far may be a list.
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
