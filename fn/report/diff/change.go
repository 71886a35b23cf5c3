package diff

import (
	"bytes"
	"iter"

	"enmesh.dev/enmesh/fn/outcome"
)

// change is a run of whole lines, before and after.
type change struct {
	line       int // the number of lines above, in the old text
	start, end int // offsets in the old text
	old, new   [][]byte
}

// at is the line, from 1, that the change replaces first, or the one after which it inserts lines.
func (c change) at() int { return c.line + min(1, len(c.old)) }

// changes groups edits by the lines that they touch.
func changes(e outcome.Edits) iter.Seq[change] {
	return func(yield func(change) bool) {
		text := e.Stream.Bytes
		line, counted := 0, 0 // the line breaks up to an offset, and the offset
		for i := 0; i < len(e.List); {
			start := bytes.LastIndexByte(text[:e.List[i].Start], '\n') + 1
			end := lineEnd(text, e.List[i].End)
			var edited bytes.Buffer
			at := start
			for ; i < len(e.List) && (e.List[i].Start < end || end == len(text)); i++ {
				edited.Write(text[at:e.List[i].Start])
				edited.WriteString(e.List[i].Text)
				at = e.List[i].End
				end = lineEnd(text, at)
			}
			edited.Write(text[at:end])
			line += bytes.Count(text[counted:start], []byte("\n"))
			counted = start
			c := trim(change{line, start, end, splitLines(text[start:end]), splitLines(edited.Bytes())})
			if len(c.old)+len(c.new) > 0 && !yield(c) {
				return
			}
		}
	}
}

// lineEnd returns the offset after the line break that ends the line at this offset.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

func splitLines(text []byte) [][]byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// trim removes the lines at the start and the end of a change that are the same before and after.
func trim(c change) change {
	for len(c.old) > 0 && len(c.new) > 0 && bytes.Equal(c.old[0], c.new[0]) {
		c.line, c.start = c.line+1, c.start+len(c.old[0])
		c.old, c.new = c.old[1:], c.new[1:]
	}
	for len(c.old) > 0 && len(c.new) > 0 && bytes.Equal(c.old[len(c.old)-1], c.new[len(c.new)-1]) {
		c.end -= len(c.old[len(c.old)-1])
		c.old, c.new = c.old[:len(c.old)-1], c.new[:len(c.new)-1]
	}
	return c
}
