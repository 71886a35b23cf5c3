package plain

import "go.yaml.in/yaml/v3"

// flow reads the flow collection that begins at a column of the line and ends on it, and returns where it ends.
func (r *reader) flow(at, depth int) (*yaml.Node, int) {
	if depth > maxDepth {
		return nil, 0
	}
	isMapping := r.line[at] == '{'
	n, closing := r.node(yaml.SequenceNode, "!!seq", at), byte(']')
	if isMapping {
		n.Kind, n.Tag, closing = yaml.MappingNode, "!!map", '}'
	}
	n.Style = yaml.FlowStyle
	children := len(r.memory.stack)
	for at = r.skip(at + 1); !r.is(at, closing); {
		if isMapping {
			key, end := r.flowItem(at, depth)
			if key == nil || key.Kind != yaml.ScalarNode || end-at > maxKey || !r.is(end, ':') || !r.is(end+1, ' ') {
				return nil, 0
			}
			r.push(key)
			at = r.skip(end + 1)
		}
		item, end := r.flowItem(at, depth)
		if item == nil {
			return nil, 0
		}
		r.push(item)
		at = r.skip(end)
		switch {
		case r.is(at, closing):
		case !r.is(at, ','):
			return nil, 0
		default:
			if at = r.skip(at + 1); r.is(at, closing) {
				return nil, 0
			}
		}
	}
	n.Content = r.popTo(children)
	return n, at + 1
}

// flowItem reads the scalar or collection that begins at a column, if one does, and returns where it ends.
func (r *reader) flowItem(at, depth int) (*yaml.Node, int) {
	if at >= len(r.line) {
		return nil, 0
	}
	switch c := r.line[at]; {
	case isQuote(c):
		return r.quoted(at)
	case c == '{' || c == '[':
		return r.flow(at, depth+1)
	}
	end := r.word(at)
	if end == at || r.line[at] == '-' {
		return nil, 0
	}
	return r.scalar(at, end), end
}

// is says whether a character is at a column.
func (r *reader) is(at int, c byte) bool { return at < len(r.line) && r.line[at] == c }

// skip passes spaces.
func (r *reader) skip(at int) int {
	for at < len(r.line) && r.line[at] == ' ' {
		at++
	}
	return at
}
