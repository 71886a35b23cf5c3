package stream

import "bytes"

// run is a run of a list's items: what one core reads at a time.
type run struct {
	stream []byte
	span   Span
	column int // of the items' dashes

	count     int        // of items
	last      int        // where the last one begins
	documents []Document // those of interest
	ended     bool       // the items end within the run
	end       int        // where they end
	refused   bool       // the list must not be cut
}

const runSize = chunkSize / 4

// runsOf cuts the text of a list into runs, from the first item's line on. A run begins where an item does.
func runsOf(stream []byte, from, end, column int) []run {
	dash := append(bytes.Repeat([]byte(" "), column+1), '-')
	dash[0] = '\n'
	var runs []run
	for from < end {
		to := end
		for at := from + runSize; at < end; {
			next := bytes.Index(stream[at:end], dash)
			if next < 0 {
				break
			}
			at += next + 1
			if isDash(stream[at+column : end]) {
				to = at
				break
			}
		}
		runs = append(runs, run{stream: stream, span: Span{from, to}, column: column, end: to})
		from = to
	}
	return runs
}

// isDash says whether a text begins with the dash of an item.
func isDash(text []byte) bool {
	return len(text) > 0 && text[0] == '-' && (len(text) == 1 || text[1] == ' ' || text[1] == '\n' || text[1] == '\r')
}

// read finds the run's items and judges them.
func (r *run) read(l *List, judge Judge) {
	lines := newReader(r.stream, r.span.Start, r.span.End)
	it := item{list: l, judge: judge, words: vocabulary{}}
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
			lines.doubt = false
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

// finish judges the item that ends where the reader is.
func (r *run) finish(it *item, lines *reader) {
	if r.count == 0 {
		return
	}
	end := lines.at
	if lines.done {
		end = r.span.End
	}
	text := r.stream[r.last:end]
	if interest := it.interest(text, lines.doubt); interest != Nothing {
		r.documents = append(r.documents, Document{Stream: it.list.Stream, From: r.last, Start: r.last, End: end,
			Interest: interest, List: it.list, Index: r.count - 1})
	}
}

// item is an item of a list, sniffed as a document is, with its keys at a column of their own.
type item struct {
	list  *List
	judge Judge
	words vocabulary
	sniffer
	column int // of its keys, or -1 as long as there is none
}

// begin starts an item with the line of its dash.
func (it *item) begin(column int, line []byte) {
	it.sniffer, it.column = sniffer{}, -1
	if content := skip(line, 1); content < len(line) && line[content] != '#' {
		it.line(column+content, line[content:])
	}
}

// line reads a line from the column on where its content begins.
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

// interest is what the item may hold. In doubt about where it ends it may hold anything.
func (it *item) interest(text []byte, doubt bool) Interest {
	switch {
	case doubt:
		return PodsAndFacts
	case it.isEmpty():
		return Nothing
	}
	apiVersion, kind := it.result()
	return it.judge(it.words.of(apiVersion), it.words.of(kind), text)
}
