package stream

import (
	"bytes"

	"enmesh.dev/enmesh/fn/indent"
)

// reader goes through a text line by line and knows what a line leaves open.
//
// An item begins where a dash stands at the items' column, unless a quoted scalar or a flow collection is open: YAML takes
// their lines at any indentation. So the reader must know that none is open. The proof is an induction over lines. As long
// as there is no doubt, the YAML library's scanner is in one of three states where a line begins:
//
//  1. Between tokens, in block context. A quote or bracket opens something only where a token begins. lookAtValue finds
//     that place behind dashes and a key, and sees whether what begins there ends on the line. If it cannot tell, there is
//     doubt.
//  2. In a plain scalar, which goes on because the line is indented deeper than its parent. Then nothing opens: quotes are
//     text, `: ` is an error there, and after ` #` another token at this indentation is an error.
//  3. In a block scalar, where all is text up to a line that is indented less.
//
// The reader skips what it takes for a block scalar: the lines below a line that has only dashes and a key in front of
// the `|` or `>`. In state 1 it is one. In states 2 and 3 such lines are text as well, because they are indented deeper than
// the line above them. A block scalar that the reader does not notice, such as one behind a tag, it reads as if it were in
// state 1. That may give doubt, but hides nothing.
//
// It also skips the lines of a quoted scalar that goes on after the line of its key. There it must be sure of state 1: a line
// with a key is an error in state 2, and in state 3 the reader is only after a block scalar that it may not have noticed.
//
// Errors do not matter here: a list that the library cannot read has no meaning that a wrong cut could change.
type reader struct {
	text  []byte
	floor int // where the lines start that may be looked at again: those above it start or end within a quoted scalar
	// The line starts at at, and ends at end, without its line break. The next one starts at next.
	at, end, next int
	column        int  // of the first byte that is not a space
	done          bool // there is no line left

	scalar  blockScalar
	quote   byte // of the quoted scalar that is open, or 0
	strict  bool // a quoted scalar that goes on below its line is in doubt, for a block scalar may be open that was not noticed
	doubt   bool // a quoted scalar or a flow collection may be open
	refused bool // the text has what makes a cut unsafe: anchors, tabs

	rare [len(rareBytes)]int // the offset of the next one of each
	near int                 // the smallest of these offsets
}

// rareBytes are the bytes that can open something. A line without them opens nothing.
const rareBytes = `"'[{&|>`

func newReader(text []byte, from, to int) *reader {
	r := &reader{text: text[:to], floor: from, at: from, end: from, next: from}
	for i := range r.rare {
		r.rare[i] = -1
	}
	r.near = -1
	return r
}

// step moves to the next line.
func (r *reader) step() bool {
	if r.done = r.next == len(r.text); r.done {
		return false
	}
	r.at = r.next
	if i := bytes.IndexByte(r.text[r.at:], '\n'); i >= 0 {
		r.end, r.next = r.at+i, r.at+i+1
	} else {
		r.end, r.next = len(r.text), len(r.text)
	}
	if r.end > r.at && r.text[r.end-1] == '\r' {
		r.end--
	}
	r.column = indent.Of(r.text[r.at:r.end])
	return true
}

// content returns the line without its indentation.
func (r *reader) content() []byte { return r.text[r.at+r.column : r.end] }

// first returns the first byte of the content.
func (r *reader) first() byte { return r.text[r.at+r.column] }

// isContent says whether the line holds more than a comment, and is not part of a scalar of several lines.
func (r *reader) isContent() bool {
	if r.quote != 0 {
		r.findQuote()
		return false
	}
	isBlank := r.at+r.column == r.end
	if r.scalar.open {
		return r.isAfterScalar(isBlank)
	}
	if isBlank {
		return false
	}
	first := r.first()
	r.refused = r.refused || first == '\t'
	return first != '#'
}

// look finds out what a line of content leaves open.
func (r *reader) look() {
	if !r.hasRareByte() {
		return
	}
	line := r.text[r.at:r.end]
	if r.doubt || !r.follows(line) {
		r.refused = r.refused || mayHoldAnchor(line)
		r.strict = r.strict || bytes.ContainsAny(line, "|>")
		r.doubt = r.doubt || bytes.ContainsAny(line, `"'[{`)
	}
}

// follows says whether it is certain what the line leaves open, and notes that.
func (r *reader) follows(line []byte) bool {
	v, at, owner := lookAtValue(line, r.column)
	switch {
	case v == closed:
	case v == blockHeader && owner >= 0:
		r.scalar = newBlockScalar(owner, line[at:])
	case v == openQuote && isKey(line, owner) && !r.strict:
		r.quote = line[at]
	default:
		return owner == -1 && !r.strict && r.continuesPlain()
	}
	return true
}

// continuesPlain says whether the line certainly continues a plain scalar: above it are only lines that do so as well, down
// from the line of a key with a plain value, and all are indented deeper than the key. So all in it is text.
func (r *reader) continuesPlain() bool {
	column, end := r.column, r.at
	for i := 0; i < maxContinued && end > r.floor; i++ {
		start := bytes.LastIndexByte(r.text[:end-1], '\n') + 1
		line := bytes.TrimRight(r.text[start:end], "\r\n")
		at := skip(line, 0)
		if at == len(line) || line[at] == '#' {
			return false
		}
		end = start
		_, value, owner := lookAtValue(line, at)
		if owner < 0 {
			column = min(column, at)
			continue
		}
		return owner < column && isKey(line, owner) && value < len(line) && isPlain(line[value:]) && !bytes.Contains(line[value:], []byte(" #"))
	}
	return false
}

const maxContinued = 100

// findQuote looks for the end of the open quoted scalar on the line.
func (r *reader) findQuote() {
	line := r.text[r.at:r.end]
	if end := closingQuote(line, 0, r.quote); end > 0 {
		r.quote, r.floor = 0, r.next
		r.doubt = !isRest(line[end:])
	}
}

// forget ends the doubts about an item, for the next one begins.
func (r *reader) forget() { r.doubt, r.strict = false, false }

// mayBeOpen says whether a quoted scalar or a flow collection may be open.
func (r *reader) mayBeOpen() bool { return r.doubt || r.quote != 0 }

// hasRareByte says whether the line has a rare byte.
func (r *reader) hasRareByte() bool {
	if r.near >= r.end {
		return false
	}
	r.near = len(r.text)
	for i, at := range r.rare {
		if at < r.at {
			if at = bytes.IndexByte(r.text[r.at:], rareBytes[i]); at < 0 {
				at = len(r.text)
			} else {
				at += r.at
			}
			r.rare[i] = at
		}
		r.near = min(r.near, at)
	}
	return r.near < r.end
}

// findItem moves from the line of the items' key to the line of the first item, if there is nothing in between.
func (r *reader) findItem() bool {
	if !r.step() || !bytes.HasPrefix(r.content(), []byte("items:")) || !isRest(r.content()[len("items:"):]) {
		return false
	}
	for r.step() {
		if r.isContent() {
			return !r.refused && isDash(r.content())
		}
	}
	return false
}

// isClosed says whether a part of a list outside its items certainly leaves nothing open, and has no anchor.
func isClosed(text []byte, from, to int) bool {
	r := newReader(text, from, to)
	r.strict = true // the sniffer reads these lines as well, and may not read those of a quoted scalar
	for r.step() {
		if r.isContent() {
			if r.look(); r.refused || r.doubt {
				return false
			}
		}
	}
	return !r.doubt && !r.refused && !isUnusual(text[from:to])
}
