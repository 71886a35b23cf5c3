package plain

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Read returns the root of a document, or nil where the text is not plain.
func Read(text []byte) *yaml.Node {
	if !isCandidate(text) {
		return nil
	}
	r := &reader{text: text}
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

// isCandidate says whether the text has none of the characters that are left to the library: control characters, line
// breaks of other systems, invalid UTF-8.
func isCandidate(text []byte) bool {
	ascii := true
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7F {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || isPrintable(text)
}

// isPrintable says whether the text is valid UTF-8 without control characters, line breaks beyond ASCII and byte order marks.
func isPrintable(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	for _, r := range string(text) {
		switch {
		case r >= 0x80 && r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return false
		}
	}
	return true
}

// reader is at a line that is neither blank nor a comment, and reads blocks from there.
type reader struct {
	text   []byte
	at     int // where the line begins
	end    int // where the next one begins
	number int // of the line, from 1
	line   []byte
	indent int

	depth   int
	started bool // the document's content has begun
	done    bool // there is no line left
	refused bool // the text is not plain

	nodes []yaml.Node // allocated in advance
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
	r.indent = 0
	for r.indent < len(r.line) && r.line[r.indent] == ' ' {
		r.indent++
	}
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
	if len(r.nodes) == 0 {
		r.nodes = make([]yaml.Node, 32)
	}
	n := &r.nodes[0]
	r.nodes = r.nodes[1:]
	n.Kind, n.Tag, n.Line = kind, tag, r.number
	n.Column = utf8.RuneCount(r.line[:column]) + 1
	return n
}

func isBlankOrComment(rest []byte) bool {
	trimmed := bytes.TrimLeft(rest, " ")
	return len(trimmed) == 0 || trimmed[0] == '#' && len(trimmed) < len(rest)
}
