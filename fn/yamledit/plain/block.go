package plain

import "go.yaml.in/yaml/v3"

// maxDepth is the number of nested blocks that are read here.
const maxDepth = 200

// block reads the mapping or list that begins at a column of the line.
func (r *reader) block(column int) *yaml.Node {
	if r.depth++; r.depth > maxDepth {
		r.refuse()
		return nil
	}
	defer func() { r.depth-- }()
	if isEntry(r.line[column:]) {
		return r.list(column)
	}
	return r.mapping(column)
}

// isEntry says whether an entry of a list begins here.
func isEntry(rest []byte) bool {
	return len(rest) > 0 && rest[0] == '-' && (len(rest) == 1 || rest[1] == ' ')
}

// mapping reads a block mapping whose keys begin at a column.
func (r *reader) mapping(column int) *yaml.Node {
	n, children := r.node(yaml.MappingNode, "!!map", column), len(r.memory.stack)
	for first := true; first || r.indent == column; first = false {
		key, colon := r.key(column)
		if key == nil {
			r.refuse()
			return nil
		}
		r.push(key)
		r.push(r.value(colon+1, column, true))
	}
	n.Content = r.popTo(children)
	if r.indent > column {
		r.refuse()
	}
	return n
}

// list reads a block list whose dashes are at a column.
func (r *reader) list(column int) *yaml.Node {
	n, children := r.node(yaml.SequenceNode, "!!seq", column), len(r.memory.stack)
	for first := true; first || r.indent == column && isEntry(r.line[column:]); first = false {
		at := r.skip(column + 1)
		if at < len(r.line) && (isEntry(r.line[at:]) || r.keyEnd(at) > 0) {
			r.push(r.block(at))
		} else {
			r.push(r.value(column+1, column, false))
		}
	}
	n.Content = r.popTo(children)
	if r.indent > column {
		r.refuse()
	}
	return n
}

// value reads the value behind or below a colon or dash, in a mapping or list that begins at a column, and moves to the
// line below the value.
func (r *reader) value(at, column int, inMapping bool) (n *yaml.Node) {
	switch {
	case isBlankOrComment(r.line[at:]):
		n = r.below(at, column, inMapping)
	case isHeader(r.line[r.skip(at)]):
		n = r.blockScalar(r.skip(at), column)
	default:
		n = r.inline(r.skip(at))
	}
	if n == nil || r.indent > column { // the scalar continues on this line, or the text is not valid
		r.refuse()
	}
	return n
}

// isHeader says whether a block scalar begins with the character.
func isHeader(c byte) bool { return c == '|' || c == '>' }

// below reads the value below a key or dash, or the null where there is none.
func (r *reader) below(at, column int, inMapping bool) *yaml.Node {
	line, number := r.line, r.number
	r.next()
	switch {
	case r.indent > column && (isEntry(r.line[r.indent:]) || r.keyEnd(r.indent) > 0):
		return r.block(r.indent)
	case r.indent > column:
		return r.inline(r.indent)
	case inMapping && r.indent == column && isEntry(r.line[column:]):
		return r.list(column)
	}
	null := r.node(yaml.ScalarNode, "!!null", 0)
	null.Line, null.Column = number, r.characters(line[:at])+1
	return null
}

// inline reads the scalar or flow collection that begins at a column and ends its line, and moves to the next line.
func (r *reader) inline(at int) *yaml.Node {
	var n *yaml.Node
	var end int
	switch r.line[at] {
	case '"', '\'':
		n, end = r.quoted(at)
	case '{', '[':
		n, end = r.flow(at, 0)
	default:
		n, end = r.plain(at)
	}
	if n == nil || !isBlankOrComment(r.line[end:]) {
		return nil
	}
	r.next()
	return n
}
