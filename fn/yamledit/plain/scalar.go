package plain

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxKey is how long a key may be. The library allows a little more.
const maxKey = 1000

// key reads the key that begins at a column, and returns the column of its colon.
func (r *reader) key(at int) (*yaml.Node, int) {
	end := r.keyEnd(at)
	if end == 0 {
		return nil, 0
	}
	if isQuote(r.line[at]) {
		n, _ := r.quoted(at)
		return n, end
	}
	return r.scalar(at, end), end
}

// keyEnd returns the column of the colon behind the key that begins at a column, or 0 where there is no key.
func (r *reader) keyEnd(at int) int {
	end := at
	switch first := r.line[at]; {
	case isQuote(first):
		i := bytes.IndexByte(r.line[at+1:], first)
		if i < 0 || bytes.IndexByte(r.line[at+1:at+1+i], '\\') >= 0 {
			return 0
		}
		end += i + 2
	case first != '-':
		end = r.word(at)
	}
	if end == at || end-at > maxKey || end == len(r.line) || r.line[end] != ':' || end+1 < len(r.line) && r.line[end+1] != ' ' {
		return 0
	}
	return end
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// word skips characters that have no other meaning anywhere in YAML.
func (r *reader) word(at int) int {
	for at < len(r.line) && isWord(r.line[at]) {
		at++
	}
	return at
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '/' || c == '$' || c >= utf8.RuneSelf
}

// plain reads the plain scalar that begins at a column and ends on its line, and returns where it ends.
func (r *reader) plain(at int) (*yaml.Node, int) {
	rest := r.line[at:]
	switch rest[0] {
	case '-', '?', ':':
		if len(rest) == 1 || rest[1] == ' ' {
			return nil, 0
		}
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return nil, 0
	}
	end := at // behind the last character that is no space
	for i := at; i < len(r.line); i++ {
		switch c := r.line[i]; {
		case c == '#' && end < i:
			return r.scalar(at, end), end
		case c == '\t' || c == ':' && (i+1 == len(r.line) || r.line[i+1] == ' '):
			return nil, 0
		case c != ' ':
			end = i + 1
		}
	}
	return r.scalar(at, end), end
}

// scalar is the plain scalar between two columns.
func (r *reader) scalar(at, end int) *yaml.Node {
	n := r.node(yaml.ScalarNode, "", at)
	n.Value = r.slice(at, end)
	n.Tag = TagOf(n.Value)
	return n
}

// TagOf is the tag that the library resolves a plain scalar to, which must not be empty. The library is asked only where the characters allow for a tag other than
// !!str.
func TagOf(value string) string {
	switch c := value[0]; {
	case '1' <= c && c <= '9' && len(value) < 10 && consistsOf(value, isDigit):
		return "!!int"
	case isDigit(c) && !consistsOf(value, isOfNumber):
		return "!!str"
	case isDigit(c), c == '+', c == '-', c == '.', c == '<', c == '~':
	case strings.IndexByte("yYnNtTfFoO", c) >= 0 && len(value) <= len("false"):
	default:
		return "!!str"
	}
	return (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isOfNumber says whether a character can be in a number or a time that begins with a digit.
func isOfNumber(c byte) bool {
	return isDigit(c) || strings.IndexByte("abcdefABCDEFxXoO_.+-:tTzZ ", c) >= 0
}

func consistsOf(value string, is func(byte) bool) bool {
	for i := range len(value) {
		if !is(value[i]) {
			return false
		}
	}
	return true
}

// quoted reads the quoted scalar that begins at a column and ends on its line, and returns where it ends.
func (r *reader) quoted(at int) (*yaml.Node, int) {
	n := r.node(yaml.ScalarNode, "!!str", at)
	quote := r.line[at]
	n.Style = yaml.DoubleQuotedStyle
	if quote == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	var b []byte // the value, where it is not the text between the quotes
	from := at + 1
	for i := from; i < len(r.line); i++ {
		switch c := r.line[i]; {
		case c == '\\' && quote == '"':
			b = append(b, r.line[from:i]...)
			if i++; i == len(r.line) || escapes[r.line[i]] == 0 {
				return nil, 0
			}
			b = append(b, escapes[r.line[i]])
			from = i + 1
		case c == quote && quote == '\'' && i+1 < len(r.line) && r.line[i+1] == '\'':
			b = append(b, r.line[from:i+1]...)
			i++
			from = i + 1
		case c == quote:
			if n.Value = r.slice(from, i); b != nil {
				n.Value = string(append(b, n.Value...))
			}
			return n, i + 1
		}
	}
	return nil, 0 // it continues on the next line
}

var escapes = [256]byte{'"': '"', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}
