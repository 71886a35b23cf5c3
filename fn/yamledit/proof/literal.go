package proof

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// inLiteral returns the block of the lines from first to last in a literal block scalar, up to a line that is not blank. It fails if its
// header or its last line is one of them: what stands at its end decides about its line breaks.
func inLiteral(scalar *yaml.Node, first, last int) (block, bool) {
	lines := strings.SplitAfter(strings.TrimRight(scalar.Value, "\n"), "\n")
	above := scalar.Line + 1 // the line of the first one
	leader := above + slices.IndexFunc(lines, isText)
	if leader < above || first < above {
		return block{}, false
	}
	if first <= leader {
		first, last = above, max(last, leader)
	}
	for last < above+len(lines) && !isText(lines[last-above]) {
		last++
	}
	if last >= above+len(lines)-1 {
		return block{}, false
	}
	value := strings.Join(lines[first-above:last-above+1], "")
	if first > leader {
		value = lines[leader-above] + value
	}
	return block{first: first, last: last, node: &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}, leader: leader}, true
}

func isText(line string) bool { return strings.TrimSpace(line) != "" }

// literalText returns lines of a literal block scalar as one by themselves, below the line that decides how deep it is indented.
func (b block) literalText(text []byte) []byte {
	scalar := []byte("|\n")
	if b.first > b.leader {
		scalar = append(scalar, linesOf(text, b.leader, b.leader)...)
	}
	return append(scalar, linesOf(text, b.first, b.last)...)
}
