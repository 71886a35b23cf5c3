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
	at = p.skip(at + 1)
	for at < len(p.line) && p.line[at] != closing {
		item, end := p.flowItem(at, depth)
		if item == nil {
			return nil, 0
		}
		n.Content = append(n.Content, item)
		if isMapping {
			if end+1 >= len(p.line) || p.line[end] != ':' || p.line[end+1] != ' ' || item.Kind != yaml.ScalarNode || end-at > maxKey {
				return nil, 0
			}
			if end = p.skip(end + 1); end >= len(p.line) {
				return nil, 0
			}
			if item, end = p.flowItem(end, depth); item == nil {
				return nil, 0
			}
			n.Content = append(n.Content, item)
		}
		at = p.skip(end)
		if at >= len(p.line) || p.line[at] == closing {
			break
		}
		if p.line[at] != ',' {
			return nil, 0
		}
		if at = p.skip(at + 1); at >= len(p.line) || p.line[at] == closing {
			return nil, 0
		}
	}
	if at >= len(p.line) {
		return nil, 0
	}
	return n, at + 1
}

func (p *plainReader) flowItem(at, depth int) (*yaml.Node, int) {
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

// skip passes spaces.
func (p *plainReader) skip(at int) int {
	for at < len(p.line) && p.line[at] == ' ' {
		at++
	}
	return at
}
