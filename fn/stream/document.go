package stream

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Interest is what a document may hold.
type Interest byte

const (
	Nothing      Interest = iota // it is nothing that enmesh edits or reads
	Pods                         // it may hold pods
	Facts                        // it may say something about the pods in other documents
	PodsAndFacts                 // it may hold both, or anything
)

// Judge says what a document of a kind may hold. apiVersion and kind are "" where the bytes do not tell for certain. It is
// called on all cores at once, and for an item of a list also before it is certain that it is one.
type Judge func(apiVersion, kind string, document []byte) Interest

// Document is a document of a stream, or an item of a list in one.
type Document struct {
	// Stream is the index of the stream.
	Stream int
	// From is the offset in the stream where it begins, with its separator. The text to parse begins at Start. Both end at
	// End. An item's text is whole lines, from its dash on: a sequence of one item.
	From, Start, End int
	Interest         Interest
	// List is the list that it is an item of, or nil.
	List *List
	// Index is its place among the list's items, from 0.
	Index int
}

// Bytes is the text to parse.
func (d Document) Bytes(streams []Stream) []byte { return streams[d.Stream].Bytes[d.Start:d.End] }

// Documents cuts the streams into documents and returns those in which judge sees an interest, in order. With cutLists,
// lists in block style are cut into their items, each of which is a Document of its own; List says what the caller must
// do for that. The error is an *EncodingError.
func Documents(streams []Stream, cutLists bool, judge Judge) ([]Document, error) {
	var parts []part
	for i, s := range streams {
		if err := s.checkEncoding(); err != nil {
			return nil, err
		}
		for _, chunk := range chunks(s.Bytes, 1+len(s.Bytes)/chunkSize) {
			parts = append(parts, part{stream: i, text: s.Bytes, span: chunk})
		}
	}
	each(parts, func(p *part) { p.read(cutLists, judge) })
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
	documents []Document
}

const chunkSize = 1 << 20

// read finds the part's documents that may matter.
func (p *part) read(cutLists bool, judge Judge) {
	words := vocabulary{}
	for span := range Split(p.text[p.span.Start:p.span.End]) {
		d := Document{Stream: p.stream, From: p.span.Start + span.Start, End: p.span.Start + span.End}
		d.Start = d.From + Body(p.text[d.From:d.End])
		document := p.text[d.Start:d.End]
		var s sniffer
		if at := s.document(document, 0, cutLists); at < len(document) {
			if list, items := cut(p.text, d, s, at, judge); list != nil {
				p.documents = append(p.documents, items...)
				continue
			}
			s.document(document, at, false)
		}
		if s.isEmpty() {
			continue
		}
		apiVersion, kind := s.result()
		d.Interest = judge(words.of(apiVersion), words.of(kind), document)
		if d.Interest != Nothing {
			p.documents = append(p.documents, d)
		}
	}
}

// each calls do for every item, on all cores.
func each[T any](items []T, do func(*T)) {
	if len(items) == 1 {
		do(&items[0])
		return
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return
				}
				do(&items[i])
			}
		})
	}
	workers.Wait()
}
