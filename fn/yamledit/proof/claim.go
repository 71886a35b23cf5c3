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

// Claim is that an edited text means a tree. The package plain says so, but the library was not asked yet.
type Claim struct {
	memory *plain.Memory
	blocks []block
	apart  []byte // the blocks as documents of one stream
}

// NewClaim returns nil where the package plain does not read the tree from the text. The spans are in order. The text must not change before Release.
func NewClaim(text []byte, spans []Span, want *yaml.Node) *Claim {
	c := &Claim{memory: plain.Borrow()}
	got := c.memory.Read(text)
	if got != nil {
		if _, ok := Same(want, got); ok {
			c.blocks = blocksAt(text, spans, got)
			if c.apart, ok = textOf(c.blocks, text); ok {
				return c
			}
		}
	}
	c.Release()
	return nil
}

// Release ends the use of a claim.
func (c *Claim) Release() { c.memory.Return() }

// Check says which claims hold: those where the library reads the same blocks. To start the library takes longer than to read a block, so it
// reads all blocks as documents of one stream. Where one is not right, each claim is read by itself.
func Check(claims []*Claim) []bool {
	hold := make([]bool, len(claims))
	if len(claims) == 0 {
		return hold
	}
	var blocks []block
	var stream []byte
	for i, c := range claims {
		blocks = append(blocks, c.blocks...)
		if i > 0 {
			stream = append(stream, "\n---\n"[lineBreaks(stream):]...)
		}
		stream = append(stream, c.apart...)
	}
	whole := read(stream, blocks)
	for i, c := range claims {
		hold[i] = whole || len(claims) > 1 && read(c.apart, c.blocks)
	}
	return hold
}

// lineBreaks is 1 if a text ends in a line break, and otherwise 0.
func lineBreaks(text []byte) int {
	if bytes.HasSuffix(text, []byte("\n")) {
		return 1
	}
	return 0
}

// read says whether the library reads the blocks from a stream.
func read(stream []byte, blocks []block) bool {
	documents, err := library.ReadAll(stream)
	return err == nil && slices.EqualFunc(blocks, documents, func(b block, read *yaml.Node) bool {
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
