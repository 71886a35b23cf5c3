package proof

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit/library"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// Span is a part of an edited text that an edit wrote, in bytes from the start of the text. It is empty where an edit only removed.
type Span struct{ Start, End int }

// Local says whether the edited text means a tree: whether plain.Read reads that tree from the text, and the library the same block
// at each of the spans, which are in order. Text that is not plain, or is empty, is not accepted.
func Local(text []byte, spans []Span, want *yaml.Node) bool {
	got := plain.Read(text)
	if got == nil {
		return false
	}
	if _, ok := Same(want, got); !ok {
		return false
	}
	for _, b := range blocksAt(text, spans, got) {
		bare, ok := b.dedent(text)
		if !ok {
			return false
		}
		read, err := library.Read(bare)
		if err != nil {
			return false
		}
		if _, ok := Same(b.node, read); !ok {
			return false
		}
	}
	return true
}

// blocksAt returns the smallest blocks that hold the lines of the spans and the ends of the lines above them, without those inside of
// others.
func blocksAt(text []byte, spans []Span, root *yaml.Node) []block {
	var blocks []block
	last := 1 + bytes.Count(text, []byte("\n"))
	counted, line := 0, 1
	lineAt := func(offset int) int {
		line += bytes.Count(text[counted:offset], []byte("\n"))
		counted = offset
		return line
	}
	for _, s := range spans {
		b := enclosing(root, lineAt(max(counted, s.Start-1)), lineAt(s.End), last)
		for len(blocks) > 0 && b.holds(blocks[len(blocks)-1]) {
			blocks = blocks[:len(blocks)-1]
		}
		if len(blocks) == 0 || !blocks[len(blocks)-1].holds(b) {
			blocks = append(blocks, b)
		}
	}
	return blocks
}
