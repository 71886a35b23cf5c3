package stream

import (
	"bytes"
	"strings"
)

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
		return index(t.stream[t.start:t.end], word) >= 0
	}
	return t.words.next(word, t.start)+len(word) <= t.end
}

// index is bytes.Index for a word. It looks for the byte that is the rarest in manifests first, and not for the word's first one.
func index(text []byte, word string) int {
	if word == "" {
		return 0
	}
	rare := rarest(word)
	for at := rare; at < len(text); at++ {
		next := bytes.IndexByte(text[at:], word[rare])
		if next < 0 {
			return -1
		}
		at += next
		if rest := text[at-rare:]; len(rest) >= len(word) && string(rest[:len(word)]) == word {
			return at - rare
		}
	}
	return -1
}

// common are the bytes of manifests, the most frequent first.
const common = " etirosan:pclmduy-g.bhfv/k"

// rarest returns the index of the byte of a word that is rare in manifests.
func rarest(word string) (at int) {
	best := -1
	for i := range len(word) {
		rank := strings.IndexByte(common, word[i])
		if rank < 0 {
			return i
		}
		if rank > best {
			at, best = i, rank
		}
	}
	return at
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
	if at = index(w.stream[from:], word); at < 0 {
		at = len(w.stream)
	} else {
		at += from
	}
	w.found[word] = at
	return at
}
