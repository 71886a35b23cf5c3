package fn

import (
	"bytes"
	"strings"
)

// suspicion is what a look at a document's bytes says about it.
type suspicion byte

const (
	passes     suspicion = iota // it is nothing that enmesh edits or reads
	holdsPods                   // it may hold pods
	holdsFacts                  // it may say something about the pods in other documents
	holdsBoth
)

// sniffed is what can be told of a document without parsing it. A field is "" where that is not sure.
type sniffed struct {
	apiVersion, kind string
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
		s.kind = ""
	}
	if versions != 1 {
		s.apiVersion = ""
	}
	return s
}

// sniffKey returns the word behind a key, where the line begins with it, and counts such lines.
func sniffKey(line []byte, key, value string, count int) (string, int) {
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

// word returns a plain word with at most a comment behind it, or "".
func word(value []byte) string {
	value = bytes.TrimSpace(value)
	end := 0
	for end < len(value) && isWord(value[end]) {
		end++
	}
	if rest := bytes.TrimLeft(value[end:], " \t"); len(rest) > 0 && (rest[0] != '#' || len(rest) == len(value[end:])) {
		return ""
	}
	return string(value[:end])
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '/' || c == '-'
}

// suspect says what a document may hold. Documents of an unknown or a doubtful kind may hold anything.
func (w workloads) suspect(document []byte) suspicion {
	s := sniff(document)
	switch {
	case s.empty:
		return passes
	case s.kind == "" || isList(s.kind):
		return holdsBoth
	case w[s.kind] != nil:
		if _, found := w.find(s.apiVersion, s.kind); !found && s.apiVersion != "" {
			return passes
		}
		if mayTell(s.kind, document) {
			return holdsBoth
		}
		return holdsPods
	case mayTell(s.kind, document):
		return holdsFacts
	}
	return passes
}

func isList(kind string) bool { return strings.HasSuffix(kind, "List") }
