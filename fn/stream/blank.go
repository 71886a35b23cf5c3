package stream

import "bytes"

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
