package proof

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// block is a part of a document that can be read by itself: some entries of a mapping or items of a list, all in block style, with
// their lines for themselves; or some lines of a literal block scalar.
type block struct {
	first, last int // its lines, from 1
	node        *yaml.Node
	indent      int // of the entries
	leader      int // the line that decides how deep the literal block scalar of the lines is indented, or 0
}

func (b block) holds(other block) bool { return b.first <= other.first && other.last <= b.last }

// enclosing returns the smallest block below a collection that holds the lines from first to last. The collection is in block style and
// ends at the line end; whole says whether nothing stands in front of its first entry, as the dash of a list that it is in.
func enclosing(n *yaml.Node, whole bool, first, last, end int) (block, bool) {
	from, to, end := run(n, first, last, end)
	if from < 0 {
		return block{}, false
	}
	step := stepOf(n)
	if head, value := n.Content[from], n.Content[to-1]; to-from == step && first > head.Line {
		isLower := step == 2 && value.Line > head.Line
		switch {
		case value.Kind == yaml.ScalarNode && value.Style&yaml.LiteralStyle != 0:
			if b, ok := inLiteral(value, first, last); ok {
				return b, true
			}
		case value.Kind != yaml.ScalarNode && value.Style&yaml.FlowStyle == 0 && first >= value.Line:
			if b, ok := enclosing(value, isLower, first, last, end); ok {
				return b, true
			}
		}
	}
	if from == 0 && !whole {
		return block{}, false
	}
	entries := *n
	entries.Content = n.Content[from:to]
	return block{first: entries.Content[0].Line, last: end, node: &entries, indent: n.Column - 1}, true
}

// stepOf is how many nodes an entry of a collection has.
func stepOf(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return 2
	}
	return 1
}

// run returns the range in the content of a collection of those entries that hold the lines from first to last, and the line where
// they end. The range begins at -1 if none do.
func run(n *yaml.Node, first, last, end int) (from, to, lastLine int) {
	step := stepOf(n)
	to = len(n.Content)
	for from = len(n.Content) - step; from >= 0; from -= step {
		switch line := n.Content[from].Line; {
		case first >= line:
			return from, to, end
		case last < line:
			to, end = from, line-1
		}
	}
	return -1, 0, 0
}

// text returns the lines of the block by themselves. Comments and blank lines may be indented less than the entries. It fails if
// anything else is, or stands in front of them.
func (b block) text(text []byte) ([]byte, bool) {
	if b.leader > 0 {
		return b.literalText(text), true
	}
	lines := linesOf(text, b.first, b.last)
	if b.indent == 0 {
		return lines, true
	}
	bare := make([]byte, 0, len(lines))
	for line := range bytes.Lines(lines) {
		in := min(b.indent, len(line))
		own := bytes.TrimLeft(line[:in], " ")
		if len(own) > 0 && own[0] != '#' && own[0] != '\n' {
			return nil, false
		}
		bare = append(append(bare, own...), line[in:]...)
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
