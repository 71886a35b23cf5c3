package yamledit

import (
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDepth of blocks that are read here.
const maxDepth = 200

// block reads the mapping or list that begins at a column of the line.
func (p *plainReader) block(column int) *yaml.Node {
	if p.depth++; p.depth > maxDepth {
		p.refuse()
		return nil
	}
	defer func() { p.depth-- }()
	if isEntry(p.line[column:]) {
		return p.list(column)
	}
	return p.mapping(column)
}

// isEntry says whether an entry of a list begins here.
func isEntry(rest []byte) bool {
	return len(rest) > 0 && rest[0] == '-' && (len(rest) == 1 || rest[1] == ' ')
}

// mapping reads a block mapping whose keys stand at a column.
func (p *plainReader) mapping(column int) *yaml.Node {
	n := p.node(yaml.MappingNode, "!!map", column)
	for first := true; first || p.indent == column; first = false {
		key, colon := p.key(column)
		if key == nil {
			p.refuse()
			return nil
		}
		n.Content = append(n.Content, key, p.value(colon+1, column, true))
	}
	if p.indent > column {
		p.refuse()
	}
	return n
}

// list reads a block list whose dashes stand at a column.
func (p *plainReader) list(column int) *yaml.Node {
	n := p.node(yaml.SequenceNode, "!!seq", column)
	for first := true; first || p.indent == column && isEntry(p.line[column:]); first = false {
		at := p.skip(column + 1)
		if at < len(p.line) && (isEntry(p.line[at:]) || p.keyEnd(at) > 0) {
			n.Content = append(n.Content, p.block(at))
		} else {
			n.Content = append(n.Content, p.value(column+1, column, false))
		}
	}
	if p.indent > column {
		p.refuse()
	}
	return n
}

// value reads what is behind a colon or a dash, or below, in a mapping or list that stands at a column, and moves to the
// line behind it.
func (p *plainReader) value(at, column int, inMapping bool) (n *yaml.Node) {
	switch {
	case isBlankOrComment(p.line[at:]):
		n = p.below(at, column, inMapping)
	case isHeader(p.line[p.skip(at)]):
		n = p.blockScalar(p.skip(at), column)
	default:
		n = p.inline(p.skip(at))
	}
	if n == nil || p.indent > column { // the scalar goes on, or something is wrong
		p.refuse()
	}
	return n
}

// isHeader says whether a block scalar begins with the character.
func isHeader(c byte) bool { return c == '|' || c == '>' }

// below reads what is below a key or dash, or the null where there is nothing.
func (p *plainReader) below(at, column int, inMapping bool) *yaml.Node {
	line, number := p.line, p.number
	p.next()
	switch {
	case p.indent > column && (isEntry(p.line[p.indent:]) || p.keyEnd(p.indent) > 0):
		return p.block(p.indent)
	case p.indent > column:
		return p.inline(p.indent)
	case inMapping && p.indent == column && isEntry(p.line[column:]):
		return p.list(column)
	}
	null := p.node(yaml.ScalarNode, "!!null", 0)
	null.Line, null.Column = number, utf8.RuneCount(line[:at])+1
	return null
}

// inline reads the scalar or flow collection that begins at a column and has its line for itself, and moves to the next.
func (p *plainReader) inline(at int) *yaml.Node {
	var n *yaml.Node
	var end int
	switch p.line[at] {
	case '"', '\'':
		n, end = p.quoted(at)
	case '{', '[':
		n, end = p.flow(at, 0)
	default:
		n, end = p.plain(at)
	}
	if n == nil || !isBlankOrComment(p.line[end:]) {
		return nil
	}
	p.next()
	return n
}
