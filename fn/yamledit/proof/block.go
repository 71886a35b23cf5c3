package proof

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// block is a mapping or list in block style that has its lines for itself: nothing stands in front of its first key or dash but spaces.
type block struct {
	node        *yaml.Node
	first, last int // its lines, from 1
}

func (b block) holds(other block) bool { return b.first <= other.first && other.last <= b.last }

// enclosing returns the smallest block that holds the lines from first to last, in a document that ends at the line end. What stands
// above the root is in no block: for that, the block is the document.
func enclosing(root *yaml.Node, first, last, end int) block {
	smallest := block{root, 1, end}
	if first >= root.Line {
		smallest.first = root.Line
	}
	n := root
	for {
		child, childEnd, whole := childAt(n, first, last, end)
		if child == nil {
			return smallest
		}
		if whole {
			smallest = block{child, child.Line, childEnd}
		}
		n, end = child, childEnd
	}
}

// childAt returns the collection in block style below a node that holds the lines, the line where it ends, and whether it has its lines
// for itself: the value of a key does if it begins below the key. The node ends at the line end.
func childAt(n *yaml.Node, first, last, end int) (child *yaml.Node, childEnd int, whole bool) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := len(n.Content) - step; i >= 0; i -= step {
		head, value := n.Content[i], n.Content[i+step-1]
		switch {
		case first < head.Line:
			end = head.Line - 1
		case last > end || first < value.Line || value.Style&yaml.FlowStyle != 0 || value.Kind == yaml.ScalarNode:
			return nil, 0, false
		default:
			return value, end, value.Line > head.Line
		}
	}
	return nil, 0, false
}

// dedent returns the lines of a block without its indentation. Comments and blank lines may be indented less. It fails if anything else
// is, or stands in front of the block.
func (b block) dedent(text []byte) ([]byte, bool) {
	text = linesOf(text, b.first, b.last)
	indent := b.node.Column - 1
	if indent == 0 {
		return text, true
	}
	bare := make([]byte, 0, len(text))
	for line := range bytes.Lines(text) {
		own := bytes.TrimLeft(line[:min(indent, len(line))], " ")
		if len(own) > 0 && own[0] != '#' && own[0] != '\n' {
			return nil, false
		}
		bare = append(append(bare, own...), line[min(indent, len(line)):]...)
	}
	return bare, true
}

// linesOf returns the lines of a text from one up to another, counted from 1.
func linesOf(text []byte, first, last int) []byte {
	start := 0
	for range first - 1 {
		start += 1 + bytes.IndexByte(text[start:], '\n')
	}
	end := start
	for range last - first + 1 {
		length := bytes.IndexByte(text[end:], '\n')
		if length < 0 {
			return text[start:]
		}
		end += length + 1
	}
	return text[start:end]
}
