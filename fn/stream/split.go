package stream

import (
	"bytes"
	"iter"
)

// Split cuts a stream into its documents, in order. Together they are the whole stream. A document starts with its `---` line, or
// at the start of the stream, and ends with the comments and the `...` line that follow it. Directives belong to the document
// below them. `---apiVersion: v1`, which Helm's splitter accepts, starts a document too.
func Split(stream []byte) iter.Seq[Span] {
	lines := &markers{stream: stream, dots: -1}
	return splitWith(lines, lines.nextMarker)
}

// splitWith is Split, with a function that finds the next line that begins with three dashes or dots, below a line of a document. It is called
// where the document's content begins: at its separator, or at its first line that is neither blank nor a comment.
func splitWith(lines *markers, nextMarker func(at int) int) iter.Seq[Span] {
	stream := lines.stream
	return func(yield func(Span) bool) {
		start := 0      // of the document
		prelude := true // so far it holds nothing but directives, comments and blank lines
		ended := false  // a `...` line ended it
		for at := 0; at < len(stream); {
			cut := false
			switch line := stream[at:]; {
			case isMarker(line, "---") || isGlued(line):
				cut = !(prelude && hasDirective(stream[start:at]))
				prelude = false
			case isMarker(line, "..."):
				ended, prelude = true, false
			case isBlankOrComment(line) || line[0] == '%' && !ended:
			default:
				cut, prelude = ended, line[0] == '%'
			}
			if cut && at > start {
				if !yield(Span{start, at}) {
					return
				}
				start, ended = at, false
			}
			if prelude || ended {
				at = lines.next(at)
			} else {
				at = nextMarker(at)
			}
		}
		if start < len(stream) {
			yield(Span{start, len(stream)})
		}
	}
}

// markers finds the lines that matter to Split. Its methods return the end of the stream if there is none.
type markers struct {
	stream []byte
	dots   int // offset of the next line that begins with three dots, once looked for
}

// next returns the start of the line after the one at the offset.
func (m *markers) next(at int) int {
	if i := bytes.IndexByte(m.stream[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(m.stream)
}

// nextMarker returns the start of the next line that begins with three dashes or dots.
func (m *markers) nextMarker(at int) int {
	dashes := m.find(at, "\n---")
	if m.dots <= at { // dots are rare: search for them once
		m.dots = m.find(at, "\n...")
	}
	return min(dashes, m.dots)
}

func (m *markers) find(at int, mark string) int {
	for from := at + 1; from < len(m.stream); {
		i := bytes.Index(m.stream[from:], []byte(mark[1:]))
		if i < 0 {
			break
		}
		if m.stream[from+i-1] == '\n' {
			return from + i
		}
		from += i + len(mark)
	}
	return len(m.stream)
}

// isBlankOrComment says whether a line is blank or a comment.
func isBlankOrComment(line []byte) bool {
	line = trimBlanks(line)
	return len(line) == 0 || line[0] == '#' || line[0] == '\n' || line[0] == '\r' && (len(line) == 1 || line[1] == '\n')
}

// isMarker says whether a line starts with three dashes or dots that are not part of a word.
func isMarker(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && (len(line) == 3 || isSpace(line[3]))
}

func hasDirective(text []byte) bool {
	return bytes.HasPrefix(text, []byte("%")) || bytes.Contains(text, []byte("\n%"))
}

// isGlued says whether a separator has the document's first key on its line, without a space.
func isGlued(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) {
		return false
	}
	for _, key := range []string{"apiVersion:", "kind:", "metadata:", "{"} {
		if bytes.HasPrefix(line[3:], []byte(key)) {
			return true
		}
	}
	return false
}

// Body returns the offset in a document where the text to parse starts: after a separator without a space before the first key, or 0.
func Body(document []byte) int {
	if isGlued(document) {
		return 3
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// IsBlank says whether a stream holds no document: nothing but comments, separators and directives.
func IsBlank(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for len(text) > 0 {
		line, below, _ := bytes.Cut(text, []byte("\n"))
		text = below
		if isMarker(line, "---") || isMarker(line, "...") {
			line = line[len("---"):]
		}
		if !isBlankOrComment(line) && line[0] != '%' {
			return false
		}
	}
	return true
}

// Count returns how many documents the stream has.
func (s Stream) Count() int {
	n := 0
	for range Split(s.Bytes) {
		n++
	}
	return n
}
