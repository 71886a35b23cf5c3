package yamledit

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Most rendered manifests are plain: block mappings and lists, one-line scalars and flow collections, block scalars and
// comments, and nothing of what makes YAML hard: anchors, aliases, tags, directives, complex keys, scalars of several
// lines, tabs between tokens. The YAML library spends most of its time on what such text does not have. So plain text is
// read here, into the very tree that the library would make of it but for the comments, and at the first sign of anything
// else, or of a mistake, the library is asked. Its word counts: it reads the edited text again, and says what is wrong.

// readPlain returns the root of a document, or nil where the text is not plain.
func readPlain(text []byte) *yaml.Node {
	if !isCandidate(text) {
		return nil
	}
	p := &plainReader{text: text}
	p.next()
	if p.begins("---") && isBlankOrComment(p.line[3:]) {
		p.next()
	}
	if p.done || p.isMarker() {
		return nil
	}
	p.started = true
	root := p.block(p.indent)
	if p.refused || !p.done {
		return nil
	}
	return root
}

// isCandidate says whether the text has none of the characters that only the library judges: control characters, line
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

// isPrintable leaves out what is no character, or breaks a line, or is a byte order mark.
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

// plainReader stands at a line that is neither blank nor a comment, and reads blocks from there.
type plainReader struct {
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

	nodes []yaml.Node // to be given out
}

// next moves to the next line that is neither blank nor a comment.
func (p *plainReader) next() {
	for p.step() && !p.isContent() {
	}
}

// step moves to the next line, whatever it is, and says whether there is one.
func (p *plainReader) step() bool {
	if p.end == len(p.text) {
		p.finish()
		return false
	}
	p.at = p.end
	end := bytes.IndexByte(p.text[p.at:], '\n')
	if end < 0 {
		end = len(p.text) - p.at
	}
	p.line = p.text[p.at : p.at+end]
	p.end = min(p.at+end+1, len(p.text))
	p.number++
	p.indent = 0
	for p.indent < len(p.line) && p.line[p.indent] == ' ' {
		p.indent++
	}
	return true
}

// isContent says whether the line is neither blank nor a comment. Where the document ends is for the library to say.
func (p *plainReader) isContent() bool {
	rest := p.line[p.indent:]
	if len(rest) == 0 || rest[0] == '#' {
		return false
	}
	if rest[0] == '\t' || p.started && p.isMarker() {
		p.refuse()
	}
	return true
}

func (p *plainReader) isMarker() bool { return p.begins("---") || p.begins("...") }

func (p *plainReader) finish() { p.done, p.line, p.indent = true, nil, -1 }

// refuse ends the reading: no line is left, so each block that is open ends.
func (p *plainReader) refuse() {
	p.refused = true
	p.finish()
}

func (p *plainReader) begins(marker string) bool { return bytes.HasPrefix(p.line, []byte(marker)) }

// node gives out a node that begins at a column of the line, from 0.
func (p *plainReader) node(kind yaml.Kind, tag string, column int) *yaml.Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]yaml.Node, 32)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Kind, n.Tag, n.Line = kind, tag, p.number
	n.Column = utf8.RuneCount(p.line[:column]) + 1
	return n
}

func isBlankOrComment(rest []byte) bool {
	trimmed := bytes.TrimLeft(rest, " ")
	return len(trimmed) == 0 || trimmed[0] == '#' && len(trimmed) < len(rest)
}
