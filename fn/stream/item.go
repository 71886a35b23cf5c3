package stream

import "bytes"

// run is a number of consecutive items of a list, which one core reads at a time.
type run struct {
	stream []byte
	span   Span
	column int // of the items' dashes

	count   int           // of items
	last    int           // where the last one starts
	items   []sniffedItem // those with content
	ended   bool          // the items end within the run
	end     int           // where they end
	refused bool          // the list must not be cut
}

// sniffedItem is an item of a run, before it is judged.
type sniffedItem struct {
	from, end, index int
	apiVersion, kind string
	doubt            bool // its end is in doubt
}

const runSize = chunkSize / 4

// runsOf cuts the text of a list into runs, starting at the first item's line. Each run starts with an item.
func runsOf(stream []byte, from, end, column int) []run {
	dash := append(bytes.Repeat([]byte(" "), column+1), '-')
	dash[0] = '\n'
	text := stream[:end]
	var runs []run
	for from < end {
		to := end
		for at := from + runSize; at < end; {
			next := bytes.Index(text[at:], dash)
			if next < 0 {
				break
			}
			at += next + 1
			if isDash(text[at+column:]) {
				to = at
				break
			}
		}
		runs = append(runs, run{stream: stream, span: Span{from, to}, column: column, end: to})
		from = to
	}
	return runs
}

// isDash says whether a text starts with the dash of an item.
func isDash(text []byte) bool {
	return len(text) > 0 && text[0] == '-' && (len(text) == 1 || text[1] == ' ' || text[1] == '\n' || text[1] == '\r')
}

// read finds the run's items.
func (r *run) read() {
	lines := newReader(r.stream, r.span.Start, r.span.End)
	it := item{words: vocabulary{}}
	for !r.ended && lines.step() {
		if !lines.isContent() {
			continue
		}
		switch first := lines.first(); {
		case lines.column > r.column:
			it.line(lines.column, lines.content())
		case lines.column == r.column && isDash(lines.content()):
			r.finish(&it, lines)
			r.count++
			r.last = lines.at
			it.begin(r.column, lines.content())
			lines.forget()
		case lines.column == 0 && isLetter(first): // the next key of the list
			r.ended, r.end = true, lines.at
			continue
		default:
			lines.refused = true
		}
		if lines.look(); lines.refused {
			break
		}
	}
	r.finish(&it, lines)
	r.refused = lines.refused || isUnusual(r.stream[r.span.Start:r.end])
}

// finish notes the item that ends where the reader is.
func (r *run) finish(it *item, lines *reader) {
	if r.count == 0 {
		return
	}
	end := lines.at
	if lines.done {
		end = r.span.End
	}
	found := sniffedItem{from: r.last, end: end, index: r.count - 1, doubt: lines.mayBeOpen()}
	if !found.doubt {
		if it.isEmpty() {
			return
		}
		apiVersion, kind := it.result()
		found.apiVersion, found.kind = it.words.of(apiVersion), it.words.of(kind)
	}
	r.items = append(r.items, found)
}

// judge returns the items of interest. One whose end is in doubt may hold anything.
func (r *run) judge(l *List, above int, judge InterestFunc) (documents []Document) {
	for _, it := range r.items {
		interest := PodsAndFacts
		if !it.doubt {
			interest = judge(it.apiVersion, it.kind, NewText(r.stream[it.from:it.end]))
		}
		if interest != Nothing {
			documents = append(documents, Document{Stream: l.Stream, From: it.from, Start: it.from, End: it.end, Interest: interest, List: l, Index: above + it.index})
		}
	}
	return documents
}

// item is an item of a list. It is sniffed like a document, with its keys at their own column.
type item struct {
	words vocabulary
	sniffer
	column int // of its keys, or -1 if it has no keys yet
}

// begin starts an item with the line of its dash.
func (it *item) begin(column int, line []byte) {
	it.sniffer, it.column = sniffer{}, -1
	if content := skip(line, 1); content < len(line) && line[content] != '#' {
		it.line(column+content, line[content:])
	}
}

// line reads a line, starting at the column of its content.
func (it *item) line(column int, line []byte) {
	if it.column < 0 {
		it.column = column
	}
	switch {
	case column == it.column:
		it.sniffer.line(line)
	case column > it.column:
		it.deeper(line)
	default:
		it.unsure = true
	}
}
