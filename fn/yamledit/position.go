package yamledit

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The parser reports the line and column where a node starts, in characters, but not where it ends. The functions
// below find the bytes. They match a scalar's value against the text, so that a wrong position is
// noticed.

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
			at = d.tagEnd(n, at)
		}
		if isEmptyTagged(n) {
			return at, nil
		}
		at = d.skipGap(at)
	}
	return at, nil
}

// tagEnd returns the end of a node's tag that starts at the offset.
func (d *Document) tagEnd(n *yaml.Node, at int) int {
	rest := d.text[at:]
	switch {
	case bytes.HasPrefix(rest, []byte("!<")):
		if end := bytes.IndexByte(rest, '>'); end > 0 {
			return at + end + 1
		}
	case len(n.Tag) > 1 && bytes.HasPrefix(rest, []byte(n.Tag)): // it may hold commas
		return at + len(n.Tag)
	}
	ends := " \t\r\n"
	if holder := d.kin(n).parent; holder != nil && isFlow(holder) {
		ends += ",}]"
	}
	if end := bytes.IndexAny(rest, ends); end >= 0 {
		return at + end
	}
	return len(d.text)
}

// isEmptyTagged says whether a scalar has an anchor or a tag and nothing else.
func isEmptyTagged(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0 && !isAbsent(n)
}

// end returns the offset behind a node's last byte. A trailing comment or line break does not belong to the node; the
// trailing blank lines of a block scalar that keeps them do, except for the last line break.
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
	if isFlow(n) && n.Kind == yaml.MappingNode && len(n.Content) == 2 && at < len(d.text) && d.text[at] != '{' {
		return d.childEnd(n, 1) // the one pair of `[key: value]`, without braces
	}
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
		end, err := d.end(n.Content[i-1]) // once: keys may be collections, and nest
		if colon, ok := d.colonAfter(end); err == nil && ok {
			return colon, nil
		}
		return end, err // `{key}`, or `? key`
	}
	return d.end(child)
}

// colonEnd returns the offset behind the colon that follows a mapping's key, by the key's index.
func (d *Document) colonEnd(n *yaml.Node, key int) (int, error) {
	at, err := d.end(n.Content[key])
	if err != nil {
		return 0, err
	}
	end, ok := d.colonAfter(at)
	if !ok {
		return 0, d.refuse(n.Content[key], "the key %q has no colon on its line", n.Content[key].Value)
	}
	return end, nil
}

// colonAfter returns the end of the colon that follows on the line.
func (d *Document) colonAfter(at int) (int, bool) {
	for at < len(d.text) && (d.text[at] == ' ' || d.text[at] == '\t') {
		at++
	}
	return at + 1, at < len(d.text) && d.text[at] == ':'
}

// match returns the offset behind a plain text that starts at the offset. Any run of white space matches any
// other, because a plain scalar may continue on the next lines.
func (d *Document) match(n *yaml.Node, at int, value string) (int, error) {
	for i := 0; i < len(value); {
		if size := spaceSize(value[i:]); size > 0 {
			if d.spaceAt(at) == 0 {
				return 0, d.lost(n)
			}
			for ; i < len(value) && size > 0; size = spaceSize(value[i:]) {
				i += size
			}
			for size := d.spaceAt(at); size > 0; size = d.spaceAt(at) {
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

// dash is the indentation of a block sequence's dashes.
func (d *Document) dash(sequence *yaml.Node) int {
	at, err := d.content(sequence)
	if err != nil {
		return sequence.Column - 1
	}
	return at - d.lineStart(at)
}

func (d *Document) lost(n *yaml.Node) error {
	return d.refuse(n, lostCause)
}

const lostCause = "cannot find where this is in the text"

// spaceAt is the length of the white space or line break at the offset, or 0.
func (d *Document) spaceAt(at int) int {
	if at >= len(d.text) {
		return 0
	}
	return spaceSize(string(d.text[at:min(at+3, len(d.text))]))
}

// skipGap returns the offset of the first byte behind a node that is neither white space nor part of a comment.
func (d *Document) skipGap(at int) int {
	for at < len(d.text) {
		switch size := d.spaceAt(at); {
		case size > 0:
			at += size
		case d.text[at] == '#' && isSpace(d.text[at-1]):
			at = d.lineEnd(at)
		default:
			return at
		}
	}
	return at
}
