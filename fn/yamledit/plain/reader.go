package plain

import (
	"bytes"
	"unicode/utf8"
	"unsafe"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/indent"
)

// Read returns the root of a document, in this memory, or nil where the text is not plain. The values of its scalars are parts of the text,
// which must not change as long as they are used. A call ends the life of the tree that was read before.
func (m *Memory) Read(text []byte) *yaml.Node {
	ok, ascii := isCandidate(text)
	if !ok {
		return nil
	}
	m.reset()
	r := &reader{text: text, ascii: ascii, values: unsafe.String(unsafe.SliceData(text), len(text)), memory: m}
	r.next()
	if r.begins("---") && isBlankOrComment(r.line[3:]) {
		r.next()
	}
	if r.done || r.isMarker() {
		return nil
	}
	r.started = true
	root := r.block(r.indent)
	if r.refused || !r.done {
		return nil
	}
	return root
}

// kinds of bytes, as bits.
const (
	other   = 1 << iota // left to the library: control characters and line breaks of other systems
	unicode             // part of a character beyond ASCII
)

var kinds = kindsOfBytes()

func kindsOfBytes() (kinds [256]byte) {
	for c := range kinds {
		switch {
		case c < ' ' && c != '\n' && c != '\t' || c == 0x7F:
			kinds[c] = other
		case c >= utf8.RuneSelf:
			kinds[c] = unicode
		}
	}
	return kinds
}

// isCandidate says whether the text has none of the characters that are left to the library, invalid UTF-8 among them, and whether all
// of it is ASCII.
func isCandidate(text []byte) (ok, ascii bool) {
	found := byte(0)
	for _, c := range text {
		found |= kinds[c]
	}
	ascii = found&unicode == 0
	return found&other == 0 && (ascii || isPrintable(text)), ascii
}

// isPrintable says whether the text is valid UTF-8 without control characters, line breaks beyond ASCII and byte order marks.
func isPrintable(text []byte) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		switch r, size := utf8.DecodeRune(text[i:]); {
		case r == utf8.RuneError && size == 1, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return false
		default:
			i += size
		}
	}
	return true
}

// reader is at a line that is neither blank nor a comment, and reads blocks from there.
type reader struct {
	text   []byte
	ascii  bool
	at     int // where the line begins
	end    int // where the next one begins
	number int // of the line, from 1
	line   []byte
	indent int

	depth   int
	started bool // the document's content has begun
	done    bool // there is no line left
	refused bool // the text is not plain

	values string // the text, of which the values are parts: a copy of each would take a third of the time
	memory *Memory
}

// next moves to the next line that is neither blank nor a comment.
func (r *reader) next() {
	for r.step() && !r.isContent() {
	}
}

// step moves to the next line, whatever it is, and says whether there is one.
func (r *reader) step() bool {
	if r.end == len(r.text) {
		r.finish()
		return false
	}
	r.at = r.end
	end := bytes.IndexByte(r.text[r.at:], '\n')
	if end < 0 {
		end = len(r.text) - r.at
	}
	r.line = r.text[r.at : r.at+end]
	r.end = min(r.at+end+1, len(r.text))
	r.number++
	r.indent = indent.Of(r.line)
	return true
}

// isContent says whether the line is neither blank nor a comment. A marker that may end the document is left to the library.
func (r *reader) isContent() bool {
	rest := r.line[r.indent:]
	if len(rest) == 0 || rest[0] == '#' {
		return false
	}
	if rest[0] == '\t' || r.started && r.isMarker() {
		r.refuse()
	}
	return true
}

func (r *reader) isMarker() bool { return r.begins("---") || r.begins("...") }

func (r *reader) finish() { r.done, r.line, r.indent = true, nil, -1 }

// refuse stops the reading: no line is left, so each open block ends.
func (r *reader) refuse() {
	r.refused = true
	r.finish()
}

func (r *reader) begins(marker string) bool { return bytes.HasPrefix(r.line, []byte(marker)) }

// node returns a new node that begins at a column of the line, from 0.
func (r *reader) node(kind yaml.Kind, tag string, column int) *yaml.Node {
	n := &r.memory.nodes.take(1, r.expected())[0]
	*n = yaml.Node{Kind: kind, Tag: tag, Line: r.number, Column: r.characters(r.line[:column]) + 1}
	return n
}

// characters counts those of a text.
func (r *reader) characters(text []byte) int {
	if r.ascii {
		return len(text)
	}
	return utf8.RuneCount(text)
}

// expected guesses how many nodes are still to be read.
func (r *reader) expected() int { return (len(r.text)-r.at)/bytesPerNode + 4 }

// bytesPerNode is what charts have at least, on average.
const bytesPerNode = 10

// push keeps a child of the collection that is being read.
func (r *reader) push(child *yaml.Node) { r.memory.stack = append(r.memory.stack, child) }

// popTo takes the children that were pushed since the stack had a length.
func (r *reader) popTo(length int) []*yaml.Node { return r.memory.collected(length, r.expected()) }

// slice is the text between two columns of the line.
func (r *reader) slice(from, to int) string { return r.values[r.at+from : r.at+to] }

func isBlankOrComment(rest []byte) bool {
	trimmed := bytes.TrimLeft(rest, " ")
	return len(trimmed) == 0 || trimmed[0] == '#' && len(trimmed) < len(rest)
}
