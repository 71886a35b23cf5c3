package stream

import "bytes"

// sniffer reads the apiVersion and kind of a block mapping from its bytes.
//
// They are certain if every line at the mapping's column starts with a letter, a dash or a comment sign, and exactly one of them is
// `kind: Word`. Then the text is a block mapping at that column (or not a mapping), its key cannot be written in another way, and
// no other line can be meant: a line inside a quoted string would be a second one.
type sniffer struct {
	apiVersion, kind []byte // empty if they are not plain words
	versions, kinds  int
	content          bool // there is content
	last             byte // what the line before gave a word to: k, a, or 0
	unsure           bool
}

// result returns the apiVersion and the kind. Each is empty if it is not certain.
func (s *sniffer) result() (apiVersion, kind []byte) {
	if !s.unsure && s.versions == 1 {
		apiVersion = s.apiVersion
	}
	if !s.unsure && s.kinds == 1 {
		kind = s.kind
	}
	return apiVersion, kind
}

// isEmpty says whether the text certainly has no content.
func (s *sniffer) isEmpty() bool { return !s.content && !s.unsure }

// document reads the lines of a document from an offset on, and returns its end. With haltAtItems, it returns the offset of the
// items of a list instead, if it finds them.
func (s *sniffer) document(text []byte, at int, haltAtItems bool) int {
	return s.read(text, at, haltAtItems, false)
}

// read is document. With haltAtMarkers, the text goes on below the document, and the offset of the next line that begins with three dashes or
// dots is returned.
func (s *sniffer) read(text []byte, at int, haltAtItems, haltAtMarkers bool) int {
	for at < len(text) && !s.unsure {
		if s.content && s.last == 0 {
			at = skipIndented(text, at)
		}
		if at == len(text) {
			break
		}
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at
		}
		switch c := text[at]; {
		case c == ' ' || c == '\t':
			s.deeper(trim(text[at:end]))
		case c == '\n' || c == '#' || c == '\r' && at+1 == end:
		case haltAtMarkers && (c == '-' && bytes.HasPrefix(text[at:end], []byte("---")) || c == '.' && bytes.HasPrefix(text[at:end], []byte("..."))):
			return at
		case c == '-' && isSeparator(text[at:end]):
		case c == '-' && bytes.HasPrefix(text[at:end], []byte("---")):
			s.unsure = true // the root begins on the separator's line, in any style
		case c == 'i' && haltAtItems && s.mayBeList() && isItemsKey(text[at:end]):
			return at
		default:
			s.line(text[at:end])
		}
		at = end + 1
	}
	return len(text)
}

// skipIndented returns the offset of the next line that is not indented.
func skipIndented(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return len(text)
		}
		at += end + 1
	}
	return at
}

// line reads a line, starting at the mapping's column.
func (s *sniffer) line(line []byte) {
	s.content = true
	s.last = 0
	switch c := line[0]; {
	case c == 'k':
		s.sniffKey(line, "kind", &s.kind, &s.kinds)
	case c == 'a':
		s.sniffKey(line, "apiVersion", &s.apiVersion, &s.versions)
	case c != '-' && !isLetter(c):
		s.unsure = true
	}
}

// deeper reads the content of a line that is indented deeper than the mapping. A word goes on there.
func (s *sniffer) deeper(content []byte) {
	if len(content) == 0 {
		return
	}
	s.content = true
	switch {
	case content[0] == '#':
		return
	case s.last == 'k':
		s.kind = nil
	case s.last == 'a':
		s.apiVersion = nil
	}
	s.last = 0
}

// sniffKey reads the word behind a key, where the line begins with it, and counts such lines.
func (s *sniffer) sniffKey(line []byte, key string, value *[]byte, count *int) {
	rest, ok := bytes.CutPrefix(line, []byte(key))
	rest = trimBlanks(rest)
	if ok && len(rest) > 0 && rest[0] == ':' && (len(rest) == 1 || isSpace(rest[1])) {
		*value = word(rest[1:])
		*count++
		s.last = key[0]
	}
}

// isSeparator says whether a line is `---`, with at most a comment.
func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	rest = trim(rest)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// word returns a plain word with at most a comment after it, or nil.
func word(value []byte) []byte {
	value = trim(value)
	end := 0
	for end < len(value) && isWord(value[end]) {
		end++
	}
	if rest := trimBlanks(value[end:]); len(rest) > 0 && (rest[0] != '#' || len(rest) == len(value[end:])) {
		return nil
	}
	return value[:end]
}

// trimBlanks removes the spaces and tabs at the start of a text.
func trimBlanks(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t') {
		text = text[1:]
	}
	return text
}

func isWord(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '.' || c == '/' || c == '-'
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// vocabulary turns words into strings, and allocates each word once.
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

// trim takes white space away as YAML has it; to bytes.TrimSpace more is white space.
func trim(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}
