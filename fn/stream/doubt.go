package stream

import (
	"bytes"
	"encoding/binary"
)

// mayHoldAnchor says whether a line may define an anchor. An anchor is at the start of a token, and its name ends as the YAML
// library requires it: `&&`, `2>&1`, `a=b&c=d` and `&amp;` are not anchors.
func mayHoldAnchor(line []byte) bool {
	for at := 0; ; at++ {
		next := bytes.IndexByte(line[at:], '&')
		if next < 0 {
			return false
		}
		at += next
		if at > 0 && bytes.IndexByte([]byte(" \t[]{},:-?\"'"), line[at-1]) < 0 {
			continue
		}
		end := at + 1
		for end < len(line) && (isLetter(line[end]) || '0' <= line[end] && line[end] <= '9' || line[end] == '_' || line[end] == '-') {
			end++
		}
		if end > at+1 && (end == len(line) || bytes.IndexByte([]byte(" \t?:,]}%@`"), line[end]) >= 0) {
			return true
		}
	}
}

// isUnusual says whether a text has line breaks of YAML other than LF and CRLF, or a byte order mark.
func isUnusual(text []byte) bool {
	if !isASCII(text) {
		for _, mark := range []string{"\u0085", "\u2028", "\u2029", "\uFEFF"} {
			if bytes.Contains(text, []byte(mark)) {
				return true
			}
		}
	}
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], '\r')
		if next < 0 {
			return false
		}
		if at += next; at+1 == len(text) || text[at+1] != '\n' {
			return true
		}
	}
}

// isASCII reads eight bytes at a time.
func isASCII(text []byte) bool {
	var high uint64
	for ; len(text) >= 8; text = text[8:] {
		high |= binary.LittleEndian.Uint64(text)
	}
	for _, c := range text {
		high |= uint64(c)
	}
	return high&0x8080808080808080 == 0
}
