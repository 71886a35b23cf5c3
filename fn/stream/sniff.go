package stream

import "bytes"

// sniffed is what can be told of a document without parsing it. A word is empty where that is not sure.
type sniffed struct {
	apiVersion, kind []byte
	empty            bool // it has no content
}

// sniff reads a document's apiVersion and kind from its bytes.
//
// They are sure when every line that begins at column 0 begins with a letter, a dash or a comment sign, and exactly one of
// them is `kind: Word`. Then the document is a block mapping at column 0 (or no mapping at all), its key cannot be
// written in another way, and no second line competes: one that stands inside a quoted string would.
func sniff(document []byte) sniffed {
	s := sniffed{empty: true}
	kinds, versions := 0, 0
	for at := 0; at < len(document); {
		end := bytes.IndexByte(document[at:], '\n')
		if end < 0 {
			end = len(document)
		} else {
			end += at
		}
		switch c := document[at]; {
		case c == ' ' || c == '\t':
			s.empty = s.empty && len(bytes.TrimSpace(document[at:end])) == 0
		case c == '\n' || c == '#' || c == '\r' && at+1 == end:
		case c == '-':
			if line := document[at:end]; !isSeparator(line) {
				s.empty = false
				if bytes.HasPrefix(line, []byte("---")) { // the root begins on the separator's line, in any style
					return sniffed{}
				}
			}
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			s.empty = false
			if c == 'k' {
				s.kind, kinds = sniffKey(document[at:end], "kind", s.kind, kinds)
			} else if c == 'a' {
				s.apiVersion, versions = sniffKey(document[at:end], "apiVersion", s.apiVersion, versions)
			}
		default:
			return sniffed{}
		}
		at = end + 1
	}
	if kinds != 1 {
		s.kind = nil
	}
	if versions != 1 {
		s.apiVersion = nil
	}
	return s
}

// sniffKey returns the word behind a key, where the line begins with it, and counts such lines.
func sniffKey(line []byte, key string, value []byte, count int) ([]byte, int) {
	if rest, ok := bytes.CutPrefix(line, []byte(key)); ok {
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(":")); ok {
			return word(rest), count + 1
		}
	}
	return value, count
}

// isSeparator says whether a line is `---` with nothing but a comment.
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	rest = bytes.TrimSpace(rest)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// word returns a plain word with at most a comment behind it, or nil.
func word(value []byte) []byte {
	value = bytes.TrimSpace(value)
	end := 0
	for end < len(value) && isWord(value[end]) {
		end++
	}
	if rest := bytes.TrimLeft(value[end:], " \t"); len(rest) > 0 && (rest[0] != '#' || len(rest) == len(value[end:])) {
		return nil
	}
	return value[:end]
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '/' || c == '-'
}

// vocabulary makes strings of words, without allocating one that it has.
type vocabulary map[string]string

const maxVocabulary = 1000

func (v vocabulary) of(word []byte) string {
	known, ok := v[string(word)]
	if !ok {
		known = string(word)
		if len(v) < maxVocabulary {
			v[known] = known
		}
	}
	return known
}
