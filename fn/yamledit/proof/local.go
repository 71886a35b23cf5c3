package proof

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit/library"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// Span is a part of an edited text that an edit wrote, in bytes from the start of the text. It is empty where an edit only removed.
type Span struct{ Start, End int }

// Local says whether the edited text means a tree: whether plain.Read reads that tree from the text, and the library the same block
// at each of the spans, which are in order. Text that is not plain, or is empty, is not accepted.
func Local(text []byte, spans []Span, want *yaml.Node) bool {
	memory := plain.Borrow()
	defer memory.Return()
	got := memory.Read(text)
	if got == nil {
		return false
	}
	if _, ok := Same(want, got); !ok {
		return false
	}
	blocks := blocksAt(text, spans, got)
	apart, ok := textOf(blocks, text)
	if !ok {
		return false
	}
	read, err := library.ReadAll(apart)
	return err == nil && slices.EqualFunc(blocks, read, func(b block, read *yaml.Node) bool {
		_, ok := Same(b.node, read)
		return ok
	})
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
		first, end := lineAt(max(counted, s.Start-1)), lineAt(s.End)
		b, ok := enclosing(root, true, first, end, last)
		if !ok { // something stands above the root
			b = block{first: 1, last: last, node: root}
		}
		for len(blocks) > 0 && b.holds(blocks[len(blocks)-1]) {
			blocks = blocks[:len(blocks)-1]
		}
		if len(blocks) == 0 || !blocks[len(blocks)-1].holds(b) {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// textOf returns the blocks as documents of one stream. It fails if one is not in the lines where it seems to be.
func textOf(blocks []block, text []byte) ([]byte, bool) {
	var stream []byte
	for i, b := range blocks {
		bare, ok := b.text(text)
		switch {
		case !ok:
			return nil, false
		case len(blocks) == 1:
			return bare, true
		case i > 0:
			stream = append(stream, "---\n"...)
		}
		stream = append(stream, bare...)
	}
	return stream, true
}
