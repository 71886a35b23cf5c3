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
// called on all cores at once.
type Judge func(apiVersion, kind string, document []byte) Interest

// Document is a document of a stream, or an item of a list in one.
type Document struct {
	// Stream is the index of the stream.
	Stream int
	// From is the offset in the stream where it begins, with its separator. The text to parse begins at Start. Both end at End.
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
// lists in block style are cut into their items, each of which is a Document of its own. The error is an *EncodingError.
func Documents(streams []Stream, cutLists bool, judge Judge) ([]Document, error) {
	var parts []part
	for i, s := range streams {
		if err := s.checkEncoding(); err != nil {
			return nil, err
		}
		for _, chunk := range chunks(s.Bytes, 1+len(s.Bytes)/chunkSize) {
			parts = append(parts, part{stream: i, span: chunk})
		}
	}
	each(parts, func(p *part) { p.read(streams[p.stream].Bytes, judge) })
	var documents []Document
	for _, p := range parts {
		documents = append(documents, p.documents...)
	}
	return documents, nil
}

// part is a run of documents of a stream: what one core reads at a time.
type part struct {
	stream    int
	span      Span
	documents []Document
}

const chunkSize = 1 << 20

// read finds the part's documents that may matter.
func (p *part) read(stream []byte, judge Judge) {
	words := vocabulary{}
	for span := range Split(stream[p.span.Start:p.span.End]) {
		d := Document{Stream: p.stream, From: p.span.Start + span.Start, End: p.span.Start + span.End}
		d.Start = d.From + Body(stream[d.From:d.End])
		text := stream[d.Start:d.End]
		s := sniff(text)
		if s.empty {
			continue
		}
		d.Interest = judge(words.of(s.apiVersion), words.of(s.kind), text)
		if d.Interest != Nothing {
			p.documents = append(p.documents, d)
		}
	}
}

// each calls do for every item, on all cores.
func each[T any](items []T, do func(*T)) {
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
