package stream

import (
	"bytes"
	"iter"
)

// sniffedSplit splits a stream and sniffs its documents in one go: what reads the lines of a document also finds the next one's separator.
type sniffedSplit struct {
	text     []byte
	cutLists bool
	lines    *markers

	from    int // of the document that is read
	sniffer sniffer
	begun   bool // the sniffer has begun to read the document
	items   int  // where the items of a list begin, or -1
}

func newSniffedSplit(text []byte, cutLists bool) *sniffedSplit {
	return &sniffedSplit{text: text, cutLists: cutLists, lines: &markers{stream: text, dots: -1}, items: -1}
}

// all are the documents. Take each one's sniffer before the next.
func (s *sniffedSplit) all() iter.Seq[Span] { return splitWith(s.lines, s.nextMarker) }

// take returns what was sniffed of a document, and the offset in the stream of a list's items, which the sniffer has not read yet, or -1.
func (s *sniffedSplit) take(document Span) (sniffer, int) {
	taken, items := s.sniffer, s.items
	if !s.begun { // there is no content
		taken.document(s.text[document.Start:document.End], 0, false)
	}
	s.from, s.sniffer, s.begun, s.items = document.End, sniffer{}, false, -1
	return taken, items
}

// nextMarker reads the document from a line on, up to the next line that begins with three dashes or dots.
func (s *sniffedSplit) nextMarker(at int) int {
	if s.items >= 0 || s.sniffer.unsure {
		return s.lines.nextMarker(at)
	}
	begin := at
	if !s.begun {
		s.begun = true
		s.sniffer.unsure = hasDirective(s.text[s.from:at])
		if isGlued(s.text[at:]) {
			begin += Body(s.text[at:])
		}
	}
	if next := s.lines.next(begin); bytes.HasPrefix(s.text[begin:], []byte("---")) {
		s.sniffer.unsure = s.sniffer.unsure || !isSeparator(s.text[begin:next])
		begin = next
	} else if bytes.HasPrefix(s.text[begin:], []byte("...")) {
		s.sniffer.unsure = true
	}
	end := s.sniffer.read(s.text, begin, s.cutLists, true)
	switch {
	case s.sniffer.unsure:
		return s.lines.nextMarker(at)
	case end < len(s.text) && s.text[end] == 'i':
		s.items = end
		return s.lines.nextMarker(end)
	case end < len(s.text) && s.text[end] == '.':
		s.sniffer.unsure = true
	}
	return end
}
