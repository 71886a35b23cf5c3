package yamledit

import "go.yaml.in/yaml/v3"

// flow reads the flow collection that begins at a column of the line and ends in it, and returns where.
func (p *plainReader) flow(at, depth int) (*yaml.Node, int) {
	if depth > maxDepth {
		return nil, 0
	}
	isMapping := p.line[at] == '{'
	n, closing := p.node(yaml.SequenceNode, "!!seq", at), byte(']')
	if isMapping {
		n.Kind, n.Tag, closing = yaml.MappingNode, "!!map", '}'
	}
	n.Style = yaml.FlowStyle
	for at = p.skip(at + 1); !p.is(at, closing); {
		if isMapping {
			key, end := p.flowItem(at, depth)
			if key == nil || key.Kind != yaml.ScalarNode || end-at > maxKey || !p.is(end, ':') || !p.is(end+1, ' ') {
				return nil, 0
			}
			n.Content = append(n.Content, key)
			at = p.skip(end + 1)
		}
		item, end := p.flowItem(at, depth)
		if item == nil {
			return nil, 0
		}
		n.Content = append(n.Content, item)
		at = p.skip(end)
		switch {
		case p.is(at, closing):
		case !p.is(at, ','):
			return nil, 0
		default:
			if at = p.skip(at + 1); p.is(at, closing) {
				return nil, 0
			}
		}
	}
	return n, at + 1
}

// flowItem reads the scalar or collection that begins at a column, if one does, and returns where it ends.
func (p *plainReader) flowItem(at, depth int) (*yaml.Node, int) {
	if at >= len(p.line) {
		return nil, 0
	}
	switch c := p.line[at]; {
	case isQuote(c):
		return p.quoted(at)
	case c == '{' || c == '[':
		return p.flow(at, depth+1)
	}
	end := p.word(at)
	if end == at || p.line[at] == '-' {
		return nil, 0
	}
	return p.scalar(at, end), end
}

// is says whether a character stands at a column.
func (p *plainReader) is(at int, c byte) bool { return at < len(p.line) && p.line[at] == c }

// skip passes spaces.
func (p *plainReader) skip(at int) int {
	for at < len(p.line) && p.line[at] == ' ' {
		at++
	}
	return at
}
