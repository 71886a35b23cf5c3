package stream

import "bytes"

// Text is the text of a document, in which words can be looked for.
type Text struct {
	stream     []byte
	start, end int
	words      *words // of the part of the stream that the text is in, or nil
}

// NewText returns the text of a document by itself.
func NewText(document []byte) Text { return Text{stream: document, end: len(document)} }

// Contains says whether a word is in the text.
func (t Text) Contains(word string) bool {
	if t.words == nil {
		return bytes.Contains(t.stream[t.start:t.end], []byte(word))
	}
	return t.words.next(word, t.start)+len(word) <= t.end
}

// words remembers where the next one of each word is in a stream that is read from its start to its end: a search in one long text is
// faster than many in short ones.
type words struct {
	stream []byte
	found  map[string]int
}

// next returns the offset of the first one at or behind an offset, or the end of the stream where there is none.
func (w *words) next(word string, from int) int {
	at, ok := w.found[word]
	if ok && at >= from {
		return at
	}
	if at = bytes.Index(w.stream[from:], []byte(word)); at < 0 {
		at = len(w.stream)
	} else {
		at += from
	}
	w.found[word] = at
	return at
}
