package yamledit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// blockScalarEnd returns the end of the last line of a block scalar whose header starts at the offset.
func (d *Document) blockScalarEnd(n *yaml.Node, at int) (int, error) {
	block, err := d.blockScalar(n, at)
	if err != nil {
		return 0, err
	}
	return block.end, nil
}

// blockScalar is the position of a scalar written with | or >.
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
	header, _, _ := strings.Cut(string(d.text[at:headerEnd]), "#")
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

// blockIndent is the indentation of the collection around a block scalar, which is in block style; or -1.
func (d *Document) blockIndent(n *yaml.Node) int {
	switch p := d.kin(n).parent; {
	case p == nil:
		return -1
	case p.Kind == yaml.SequenceNode:
		return d.dash(p)
	default:
		return p.Content[0].Column - 1
	}
}

// wouldGainBreak says whether a value ends, at the end of the text, in a block scalar whose last line has no line break
// and would gain one from a line below it. The line breaks that only the parser knows are none there.
func (d *Document) wouldGainBreak(value *yaml.Node, end int) bool {
	if end != len(d.text) {
		return false
	}
	for len(value.Content) > 0 {
		value = value.Content[len(value.Content)-1]
	}
	if !isBlockScalar(value) || value.Value == "" {
		return false
	}
	at, err := d.content(value)
	if err != nil {
		return false
	}
	if holdsRareBreak(d.text[at:]) {
		return true
	}
	block, err := d.blockScalar(value, at)
	return err == nil && !block.strips
}
