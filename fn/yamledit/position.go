package yamledit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The parser tells of a node the line and column where it starts, in characters, and nothing of where it ends. What
// follows finds the bytes, with the node's value as a guide: a scalar is matched against the text, so a position
// that would be wrong is noticed.

const byteOrderMark = "\uFEFF"

// lines finds byte offsets from lines and columns as the parser counts them.
type lines struct {
	text   []byte
	starts []int
}

// start returns the offset of a line's first byte, or -1 where there is no such line. Lines count from 1.
func (l *lines) start(line int) int {
	if l.starts == nil {
		l.starts = lineStarts(l.text)
	}
	if line < 1 || line > len(l.starts) {
		return -1
	}
	return l.starts[line-1]
}

// lineStarts breaks lines where YAML 1.1 and the parser do: also at a lone CR, NEL, LS and PS.
func lineStarts(text []byte) []int {
	first := 0
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		first = len(byteOrderMark)
	}
	starts := append(make([]int, 0, 1+len(text)/32), first)
	for i := first; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			starts = append(starts, i+1)
		case c == '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			starts = append(starts, i+1)
		case c == 0xC2 && bytes.HasPrefix(text[i:], []byte("\u0085")):
			i++
			starts = append(starts, i+1)
		case c == 0xE2 && (bytes.HasPrefix(text[i:], []byte("\u2028")) || bytes.HasPrefix(text[i:], []byte("\u2029"))):
			i += 2
			starts = append(starts, i+1)
		}
	}
	return starts
}

// start returns the offset where a node starts, its anchor and tag included.
func (d *Document) start(n *yaml.Node) (int, error) {
	at := d.lines.start(n.Line)
	for column := n.Column; at >= 0 && column > 1; column-- {
		if at >= len(d.text) {
			return 0, d.lost(n)
		}
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	if at < 0 {
		return 0, d.lost(n)
	}
	return at, nil
}

// content returns the offset where a node's content starts, after its anchor and tag.
func (d *Document) content(n *yaml.Node) (int, error) {
	at, err := d.start(n)
	if err != nil {
		return 0, err
	}
	for at < len(d.text) && (d.text[at] == '&' || d.text[at] == '!') {
		if d.text[at] == '&' {
			at = min(at+1+len(n.Anchor), len(d.text))
		} else {
			for at < len(d.text) && !isSpace(d.text[at]) && !(d.text[at] == ',' || d.text[at] == '}' || d.text[at] == ']') {
				at++
			}
		}
		if isEmptyTagged(n) {
			return at, nil
		}
		at = d.skipGap(at)
	}
	return at, nil
}

// isEmptyTagged says whether a scalar has an anchor or a tag and nothing else.
func isEmptyTagged(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0 && !isAbsent(n)
}

// end returns the offset behind a node's last byte. A trailing comment or line break does not belong to the node; the
// trailing blank lines of a block scalar that keeps them do, but for the last line break.
func (d *Document) end(n *yaml.Node) (int, error) {
	at, err := d.content(n)
	if err != nil {
		return 0, err
	}
	switch n.Kind {
	case yaml.AliasNode:
		return d.match(n, at, "*"+n.Value)
	case yaml.MappingNode, yaml.SequenceNode:
		return d.collectionEnd(n, at)
	}
	switch {
	case isAbsent(n) || isEmptyTagged(n):
		return at, nil
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return d.quotedEnd(n, at, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return d.quotedEnd(n, at, '\'')
	case isBlockScalar(n):
		return d.blockScalarEnd(n, at)
	}
	return d.match(n, at, n.Value)
}

// collectionEnd is end for mappings and sequences whose content starts at the offset.
func (d *Document) collectionEnd(n *yaml.Node, at int) (int, error) {
	if isFlow(n) {
		at++ // the bracket
	}
	if len(n.Content) > 0 {
		var err error
		if at, err = d.childEnd(n, len(n.Content)-1); err != nil {
			return 0, err
		}
	}
	if !isFlow(n) {
		return at, nil
	}
	closing := byte('}')
	if n.Kind == yaml.SequenceNode {
		closing = ']'
	}
	at = d.skipGap(at)
	if at < len(d.text) && d.text[at] == ',' {
		at = d.skipGap(at + 1)
	}
	if at >= len(d.text) || d.text[at] != closing {
		return 0, d.lost(n)
	}
	return at + 1, nil
}

// childEnd returns the end of a collection's child by its index in Content. A value without text ends behind its
// key's colon.
func (d *Document) childEnd(n *yaml.Node, i int) (int, error) {
	child := n.Content[i]
	if n.Kind == yaml.MappingNode && i%2 == 1 && isAbsent(child) {
		if end, err := d.colonEnd(n, i-1); err == nil {
			return end, nil
		}
		return d.end(n.Content[i-1]) // `{key}`, or `? key`
	}
	return d.end(child)
}

// colonEnd returns the offset behind the colon that follows a mapping's key, by the key's index.
func (d *Document) colonEnd(n *yaml.Node, key int) (int, error) {
	at, err := d.end(n.Content[key])
	if err != nil {
		return 0, err
	}
	for at < len(d.text) && (d.text[at] == ' ' || d.text[at] == '\t') {
		at++
	}
	if at >= len(d.text) || d.text[at] != ':' {
		return 0, d.refuse(n.Content[key], "the key %q has no colon on its line", n.Content[key].Value)
	}
	return at + 1, nil
}

// match returns the offset behind a plain text that starts at the offset, where any run of white space matches any
// other: that is how a plain scalar goes on over several lines.
func (d *Document) match(n *yaml.Node, at int, value string) (int, error) {
	for i := 0; i < len(value); {
		if size := spaceSize(value[i:]); size > 0 {
			if at >= len(d.text) || !isSpace(d.text[at]) && spaceSize(string(d.text[at:min(at+3, len(d.text))])) == 0 {
				return 0, d.lost(n)
			}
			for ; i < len(value) && size > 0; size = spaceSize(value[i:]) {
				i += size
			}
			for at < len(d.text) {
				size := spaceSize(string(d.text[at:min(at+3, len(d.text))]))
				if size == 0 {
					break
				}
				at += size
			}
			continue
		}
		masked := d.foreign && value[i] == '_' && at < len(d.text) && d.text[at] == '*'
		if at >= len(d.text) || d.text[at] != value[i] && !masked {
			return 0, d.lost(n)
		}
		at++
		i++
	}
	return at, nil
}

// quotedEnd returns the offset behind the closing quote of a scalar that starts at the offset.
func (d *Document) quotedEnd(n *yaml.Node, at int, quote byte) (int, error) {
	if at >= len(d.text) || d.text[at] != quote {
		return 0, d.lost(n)
	}
	for i := at + 1; i < len(d.text); i++ {
		switch {
		case d.text[i] == '\\' && quote == '"':
			i++
		case d.text[i] != quote:
		case quote == '\'' && i+1 < len(d.text) && d.text[i+1] == quote:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, d.lost(n)
}

// blockScalarEnd returns the end of the last line of a block scalar whose header starts at the offset.
func (d *Document) blockScalarEnd(n *yaml.Node, at int) (int, error) {
	block, err := d.blockScalar(n, at)
	if err != nil {
		return 0, err
	}
	return block.end, nil
}

// blockScalar is where a scalar written with | or > stands.
type blockScalar struct {
	body   int // offset of the first line below the header
	end    int // offset behind the last line, before its line break
	indent int // of the content, in bytes
	strips bool
	keeps  bool
}

func (d *Document) blockScalar(n *yaml.Node, at int) (blockScalar, error) {
	var block blockScalar
	if at >= len(d.text) || d.text[at] != '|' && d.text[at] != '>' {
		return block, d.lost(n)
	}
	headerEnd := d.lineEnd(at)
	header, _, _ := strings.Cut(string(d.text[at+1:headerEnd]), "#")
	parent := d.blockIndent(n)
	for _, c := range header {
		switch {
		case c == '-':
			block.strips = true
		case c == '+':
			block.keeps = true
		case '1' <= c && c <= '9':
			block.indent = max(parent, 0) + int(c-'0')
		}
	}
	block.end = headerEnd
	block.body = d.nextLine(headerEnd)
	for line := block.body; line < len(d.text); {
		end := d.lineEnd(line)
		indent := indentation(d.text[line:end])
		blank := indent == end-line
		if !blank {
			if block.indent == 0 {
				if indent <= parent {
					break
				}
				block.indent = indent
			}
			if indent < block.indent {
				break
			}
		}
		if block.keeps || !blank || block.indent > 0 && indent > block.indent { // spaces past the indentation are content
			block.end = end
		}
		line = d.nextLine(end)
	}
	return block, nil
}

// blockIndent is the indentation of the innermost block collection around a node, or -1.
func (d *Document) blockIndent(n *yaml.Node) int {
	for p := d.kin(n).parent; p != nil; p = d.kin(p).parent {
		if p.Kind == yaml.MappingNode && !isFlow(p) && len(p.Content) > 0 {
			return p.Content[0].Column - 1
		}
		if p.Kind == yaml.SequenceNode && !isFlow(p) {
			return d.dash(p)
		}
	}
	return -1
}

// dash is the indentation of a block sequence's dashes.
func (d *Document) dash(sequence *yaml.Node) int {
	at, err := d.content(sequence)
	if err != nil {
		return sequence.Column - 1
	}
	return at - d.lineStart(at)
}

func (d *Document) lost(n *yaml.Node) error {
	return d.refuse(n, "cannot tell where in the text this stands")
}

// skipGap returns the offset of the first byte that is neither white space nor part of a comment.
func (d *Document) skipGap(at int) int {
	for at < len(d.text) {
		switch size := spaceSize(string(d.text[at:min(at+3, len(d.text))])); {
		case size > 0:
			at += size
		case d.text[at] == '#' && (at == 0 || isSpace(d.text[at-1])):
			at = d.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// lineEnd returns the offset of the line break that ends the line, or of the end of the text. Only LF, CRLF and CR
// count: the text is written with them.
func (d *Document) lineEnd(at int) int {
	if i := bytes.IndexAny(d.text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(d.text)
}

// nextLine returns the offset of the line after the one that ends at the offset.
func (d *Document) nextLine(end int) int {
	switch {
	case end >= len(d.text):
		return len(d.text)
	case d.text[end] == '\r' && end+1 < len(d.text) && d.text[end+1] == '\n':
		return end + 2
	}
	return end + 1
}

// lineStart returns the offset of the first byte of the line.
func (d *Document) lineStart(at int) int {
	start := bytes.LastIndexAny(d.text[:at], "\r\n") + 1
	if start == 0 && bytes.HasPrefix(d.text, []byte(byteOrderMark)) && at >= len(byteOrderMark) {
		return len(byteOrderMark)
	}
	return start
}

// indentation counts the leading spaces.
func indentation(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// spaceSize is the length of the white space or line break that a string starts with, as YAML 1.1 counts them.
func spaceSize(s string) int {
	switch {
	case s == "":
		return 0
	case isSpace(s[0]):
		return 1
	case strings.HasPrefix(s, "\u0085"):
		return 2
	case strings.HasPrefix(s, "\u2028"), strings.HasPrefix(s, "\u2029"):
		return 3
	}
	return 0
}
