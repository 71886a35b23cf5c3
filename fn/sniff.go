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

// sniff tells a document's kind without parsing it. It returns "" where that cannot be told for sure, and empty is
// true where the document has no content.
//
// The kind is sure when every line that begins at column 0 begins with a letter, a dash or a comment sign, and exactly
// one of them is `kind: Word`. Then the document is a block mapping at column 0 (or no mapping at all), its key cannot
// be written in another way, and no second line competes: one that stands inside a quoted string would.
func sniff(document []byte) (kind string, empty bool) {
	empty = true
	kinds := 0
	for at := 0; at < len(document); {
		end := bytes.IndexByte(document[at:], '\n')
		if end < 0 {
			end = len(document)
		} else {
			end += at
		}
		switch c := document[at]; {
		case c == ' ' || c == '\t':
			empty = empty && len(bytes.TrimSpace(document[at:end])) == 0
		case c == '\n' || c == '#' || c == '\r' && at+1 == end:
		case c == '-':
			if line := document[at:end]; !isSeparator(line) {
				empty = false
				if bytes.HasPrefix(line, []byte("---")) { // the root begins on the separator's line, in any style
					return "", false
				}
			}
		case c == 'k':
			empty = false
			if rest, ok := bytes.CutPrefix(document[at:end], []byte("kind")); ok && isKindKey(rest) {
				kinds++
				kind = word(rest[bytes.IndexByte(rest, ':')+1:])
			}
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			empty = false
		default:
			return "", false
		}
		at = end + 1
	}
	if kinds != 1 {
		return "", empty
	}
	return kind, false
}

// isSeparator says whether a line is `---` with nothing but a comment.
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	rest = bytes.TrimSpace(rest)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// isKindKey says whether what follows the word `kind` makes it a key.
func isKindKey(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	return len(rest) > 0 && rest[0] == ':'
}

// word returns a plain word with at most a comment behind it, or "".
func word(value []byte) string {
	value = bytes.TrimSpace(value)
	end := 0
	for end < len(value) && isLetterOrDigit(value[end]) {
		end++
	}
	if rest := bytes.TrimLeft(value[end:], " \t"); len(rest) > 0 && (rest[0] != '#' || len(rest) == len(value[end:])) {
		return ""
	}
	return string(value[:end])
}

func isLetterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// suspect says what a document may hold. Documents of an unknown or a doubtful kind may hold anything.
func (w workloads) suspect(document []byte) suspicion {
	kind, empty := sniff(document)
	switch {
	case empty:
		return passes
	case kind == "" || isList(kind):
		return holdsBoth
	case w[kind] != nil:
		return holdsPods
	case kind == "Namespace":
		return holdsFacts
	}
	return passes
}

func isList(kind string) bool { return strings.HasSuffix(kind, "List") }
