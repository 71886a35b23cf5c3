package diff

import (
	"bytes"
	"iter"
	"slices"

	"enmesh.dev/enmesh/fn/outcome"
)

// Part is what changes in one object of a stream, and in documents that are added after it.
type Part struct {
	// Object is an index in the lines that were given, or -1 if the change is above all of them.
	Object int
	// Hunks have lines around their changes from the same document only.
	Hunks []Hunk
}

// Count is how many lines the part removes or adds.
func (p Part) Count(mark Mark) int {
	n := 0
	for _, h := range p.Hunks {
		for _, line := range h.Lines {
			if line.Mark == mark {
				n++
			}
		}
	}
	return n
}

// Parts yields what changes in one stream, object by object. The objects start at these lines, from 1 and in ascending order.
func Parts(e outcome.Edits, starts []int) iter.Seq[Part] {
	objectAt := func(c change) int {
		below, _ := slices.BinarySearch(starts, c.at()+1)
		return below - 1
	}
	return func(yield func(Part) bool) {
		shift := 0
		part := Part{Object: -1}
		for group := range together(changes(e), func(before, c change) bool { return meet(before, c) && objectAt(before) == objectAt(c) }) {
			if object := objectAt(group[0]); object != part.Object {
				if part.Hunks != nil && !yield(part) {
					return
				}
				part = Part{Object: object}
			}
			h := newHunk(e.Stream.Bytes, group, shift)
			shift += h.count(Added) - h.count(Removed)
			part.Hunks = append(part.Hunks, h.inDocument())
		}
		if part.Hunks != nil {
			yield(part)
		}
	}
}

// inDocument returns the hunk without the lines of other documents around its changes.
func (h Hunk) inDocument() Hunk {
	isChange := func(line Line) bool { return line.Mark != Kept }
	first := slices.IndexFunc(h.Lines, isChange)
	for i := first - 1; i >= 0; i-- {
		if bytes.HasPrefix(h.Lines[i].Text, []byte("---")) {
			h.Line, h.NewLine, h.Lines = h.Line+i+1, h.NewLine+i+1, h.Lines[i+1:]
			break
		}
	}
	last := len(h.Lines) - 1
	for !isChange(h.Lines[last]) {
		last--
	}
	for i := last; i < len(h.Lines); i++ {
		if bytes.HasPrefix(h.Lines[i].Text, []byte("---")) {
			h.Lines = h.Lines[:max(i, last+1)]
		}
	}
	return h
}
