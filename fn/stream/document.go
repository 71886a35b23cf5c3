package stream

import (
	"bytes"

	"enmesh.dev/enmesh/fn/parallel"
)

// Interest is what a document may hold.
type Interest byte

const (
	// Nothing: enmesh neither edits nor reads it.
	Nothing Interest = 0
	// Pods: it may hold pods.
	Pods Interest = 1 << (iota - 1)
	// Facts: it may say something about the pods in other documents.
	Facts
	// UnknownPods: it may hold pods, but is of a kind that enmesh does not know, and does not edit.
	UnknownPods
	// PodsAndFacts: it may hold both, or anything.
	PodsAndFacts = Pods | Facts
)

// InterestFunc says what a document of a kind may hold. apiVersion and kind are "" if they are not certain. It is called concurrently, and
// also for text that may turn out not to be an item of a list.
type InterestFunc func(apiVersion, kind string, document Text) Interest

// Document is a document of a stream, or an item of a list in one.
type Document struct {
	// Stream is the index of the stream.
	Stream int
	// From is the offset in the stream where the document starts, with its separator. The text to parse starts at Start. Both
	// end at End. The text of an item is whole lines, starting at its dash: a sequence of one item.
	From, Start, End int
	Interest         Interest
	// List is the list that contains this item, or nil.
	List *List
	// Index is the number of the item in the list, from 0.
	Index int
}

// Bytes returns the text to parse.
func (d Document) Bytes(streams []Stream) []byte { return streams[d.Stream].Bytes[d.Start:d.End] }

// Documents cuts the streams into documents and returns those of interest, in order. With cutLists, it cuts lists in block style
// into their items, each of which is a Document. List says what the caller must do then. The error is an *EncodingError.
func Documents(streams []Stream, cutLists bool, judge InterestFunc) ([]Document, error) {
	var parts []part
	for i, s := range streams {
		if err := s.checkEncoding(); err != nil {
			return nil, err
		}
		if s.Cut != nil && cutLists {
			list := *s.Cut.List
			list.Stream = i
			parts = append(parts, part{cut: &Cut{&list, s.Cut.runs}})
			continue
		}
		for _, chunk := range chunks(s.Bytes, 1+len(s.Bytes)/chunkSize) {
			parts = append(parts, part{stream: i, text: s.Bytes, span: chunk})
		}
	}
	parallel.Each(parts, func(p *part) { p.read(cutLists, judge) })
	var documents []Document
	for _, p := range parts {
		documents = append(documents, p.documents...)
	}
	return documents, nil
}

// part is a run of documents of a stream: what one core reads at a time.
type part struct {
	stream    int
	text      []byte // of the stream
	span      Span
	cut       *Cut // the list that the stream is, if that is known; then the rest is empty
	documents []Document
}

const chunkSize = 1 << 20

// read finds the part's documents that may matter.
func (p *part) read(cutLists bool, judge InterestFunc) {
	if p.cut != nil {
		p.documents = p.cut.Documents(judge)
		return
	}
	vocabulary := vocabulary{}
	words := &words{p.text[:p.span.End], map[string]int{}}
	text := p.text[p.span.Start:p.span.End]
	sniffed := newSniffedSplit(text, cutLists)
	for span := range sniffed.all() {
		d := Document{Stream: p.stream, From: p.span.Start + span.Start, End: p.span.Start + span.End}
		d.Start = d.From + Body(p.text[d.From:d.End])
		s, items := sniffed.take(span)
		if items >= 0 {
			at := p.span.Start + items - d.Start
			if list := cut(p.text, d, s, at); list != nil {
				p.documents = append(p.documents, list.Documents(judge)...)
				continue
			}
			s.document(p.text[d.Start:d.End], at, false)
		}
		if s.isEmpty() {
			continue
		}
		apiVersion, kind := s.result()
		d.Interest = judge(vocabulary.of(apiVersion), vocabulary.of(kind), Text{p.text, d.Start, d.End, words})
		if d.Interest != Nothing {
			p.documents = append(p.documents, d)
		}
	}
}

// chunks cuts a stream into about n parts of similar size, each of which can be Split on its own.
func chunks(stream []byte, n int) []Span {
	var found []Span
	start := 0
	for i := 1; i < n; i++ {
		at := max(start, len(stream)/n*i)
		for at < len(stream) {
			next := bytes.Index(stream[at+1:], []byte("---\n"))
			if next < 0 {
				at = len(stream)
				break
			}
			at += next + 1
			if stream[at-1] != '\n' {
				continue
			}
			above := trim(stream[bytes.LastIndexByte(stream[:at-1], '\n')+1 : at-1])
			if len(above) > 0 && above[0] != '%' && above[0] != '#' { // it is content, so the cut does not separate a directive from its document
				break
			}
		}
		if at < len(stream) {
			found = append(found, Span{start, at})
			start = at
		}
	}
	return append(found, Span{start, len(stream)})
}
