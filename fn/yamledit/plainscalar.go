package yamledit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxKey is how long a key may be. The library allows a little more.
const maxKey = 1000

// key reads the key that begins at a column, and returns where its colon is.
func (p *plainReader) key(at int) (*yaml.Node, int) {
	end := p.keyEnd(at)
	if end == 0 {
		return nil, 0
	}
	if isQuote(p.line[at]) {
		n, _ := p.quoted(at)
		return n, end
	}
	return p.scalar(at, end), end
}

// keyEnd returns where the key ends that begins at a column, and its colon stands; or 0 where there is no key.
func (p *plainReader) keyEnd(at int) int {
	end := at
	switch first := p.line[at]; {
	case isQuote(first):
		i := bytes.IndexByte(p.line[at+1:], first)
		if i < 0 || bytes.IndexByte(p.line[at+1:at+1+i], '\\') >= 0 {
			return 0
		}
		end += i + 2
	case first != '-':
		end = p.word(at)
	}
	if end == at || end-at > maxKey || end == len(p.line) || p.line[end] != ':' || end+1 < len(p.line) && p.line[end+1] != ' ' {
		return 0
	}
	return end
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// word passes the characters that mean nothing but themselves, wherever they stand.
func (p *plainReader) word(at int) int {
	for at < len(p.line) && isWord(p.line[at]) {
		at++
	}
	return at
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '/' || c == '$' || c >= utf8.RuneSelf
}

// plain reads the plain scalar that begins at a column and ends in its line, and returns where.
func (p *plainReader) plain(at int) (*yaml.Node, int) {
	rest := p.line[at:]
	switch rest[0] {
	case '-', '?', ':':
		if len(rest) == 1 || rest[1] == ' ' {
			return nil, 0
		}
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return nil, 0
	}
	if comment := bytes.Index(rest, []byte(" #")); comment >= 0 {
		rest = rest[:comment]
	}
	rest = bytes.TrimRight(rest, " ")
	if bytes.IndexByte(rest, '\t') >= 0 || bytes.Contains(rest, []byte(": ")) || bytes.HasSuffix(rest, []byte(":")) {
		return nil, 0
	}
	end := at + len(rest)
	return p.scalar(at, end), end
}

// scalar is the plain scalar between two columns.
func (p *plainReader) scalar(at, end int) *yaml.Node {
	n := p.node(yaml.ScalarNode, "", at)
	n.Value = string(p.line[at:end])
	n.Tag = tagOf(n.Value)
	return n
}

// tagOf is the tag that the library resolves a plain scalar to. It is asked where that is not plain to see.
func tagOf(value string) string {
	switch c := value[0]; {
	case '0' <= c && c <= '9', c == '+', c == '-', c == '.', c == '<', c == '~':
	case strings.IndexByte("yYnNtTfFoO", c) >= 0 && len(value) <= len("false"):
	default:
		return "!!str"
	}
	return (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag()
}

// quoted reads the quoted scalar that begins at a column and ends in its line, and returns where.
func (p *plainReader) quoted(at int) (*yaml.Node, int) {
	n := p.node(yaml.ScalarNode, "!!str", at)
	quote := p.line[at]
	n.Style = yaml.DoubleQuotedStyle
	if quote == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	var b []byte // where the text is not the value
	from := at + 1
	for i := from; i < len(p.line); i++ {
		switch c := p.line[i]; {
		case c == '\\' && quote == '"':
			escaped := byte(0)
			if i+1 < len(p.line) {
				escaped = escapes[p.line[i+1]]
			}
			if escaped == 0 {
				return nil, 0
			}
			b = append(append(b, p.line[from:i]...), escaped)
			i++
			from = i + 1
		case c == quote && quote == '\'' && i+1 < len(p.line) && p.line[i+1] == '\'':
			b = append(b, p.line[from:i+1]...)
			i++
			from = i + 1
		case c == quote:
			n.Value = string(append(b, p.line[from:i]...))
			return n, i + 1
		}
	}
	return nil, 0 // it goes on in the next line
}

var escapes = [256]byte{'"': '"', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}
