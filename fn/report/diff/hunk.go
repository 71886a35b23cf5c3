package diff

import (
	"bytes"
	"iter"

	"enmesh.dev/enmesh/fn/outcome"
)

// contextLines is how many lines a hunk shows around its changes.
const contextLines = 3

// hunksOf yields the hunks of one stream.
func hunksOf(e outcome.Edits, pods []outcome.Pod) iter.Seq[Hunk] {
	return func(yield func(Hunk) bool) {
		objects := objects{pods: pods, stream: e.Stream.Name}
		shift := 0 // lines that the hunks above add
		for near := range together(changes(e), meet) {
			h := newHunk(e.Stream.Bytes, near, shift)
			h.Object = objects.at(near[0].at())
			shift += h.count(Added) - h.count(Removed)
			if !yield(h) {
				return
			}
		}
	}
}

// together groups the changes that go into one hunk: those that belong with the one before.
func together(changes iter.Seq[change], belong func(before, c change) bool) iter.Seq[[]change] {
	return func(yield func([]change) bool) {
		var group []change
		for c := range changes {
			if n := len(group); n > 0 && !belong(group[n-1], c) {
				if !yield(group) {
					return
				}
				group = nil
			}
			group = append(group, c)
		}
		if len(group) > 0 {
			yield(group)
		}
	}
}

// meet says whether the lines around two changes meet.
func meet(before, c change) bool { return c.line-before.line-len(before.old) <= 2*contextLines }

// newHunk puts changes and the lines around them together. The shift is how many lines the hunks above add.
func newHunk(text []byte, changes []change, shift int) Hunk {
	var h Hunk
	add := func(mark Mark, lines [][]byte) {
		for _, line := range lines {
			h.Lines = append(h.Lines, Line{mark, line})
		}
	}
	above := linesAbove(text, changes[0].start)
	add(Kept, above)
	for i, c := range changes {
		if i > 0 {
			add(Kept, splitLines(text[changes[i-1].end:c.start]))
		}
		add(Removed, c.old)
		add(Added, c.new)
	}
	add(Kept, linesBelow(text, changes[len(changes)-1].end))
	from := changes[0].line - len(above)
	h.Line, h.NewLine = firstLine(from, h.count(Removed)), firstLine(from+shift, h.count(Added))
	return h
}

// firstLine is the number of the first of n lines below from others. With no lines, it is the line above.
func firstLine(from, n int) int {
	if n == 0 {
		return from
	}
	return from + 1
}

// linesAbove are the lines of context in front of an offset.
func linesAbove(text []byte, end int) [][]byte {
	start := end
	for range contextLines {
		if start > 0 {
			start = bytes.LastIndexByte(text[:start-1], '\n') + 1
		}
	}
	return splitLines(text[start:end])
}

// linesBelow are the lines of context after an offset.
func linesBelow(text []byte, start int) [][]byte {
	end := start
	for range contextLines {
		end = lineEnd(text, end)
	}
	return splitLines(text[start:end])
}

// objects finds the objects of the hunks of one stream, from top to bottom.
type objects struct {
	pods   []outcome.Pod // that are below the last hunk
	stream string
	last   string
}

// at is the object of a hunk whose first change is in this line, from 1: the last pod's object that starts above.
func (o *objects) at(line int) string {
	for len(o.pods) > 0 && (o.pods[0].Place.Stream != o.stream || o.pods[0].Place.Line <= line) {
		if p := o.pods[0]; p.Place.Stream == o.stream {
			o.last = p.Resource.String()
		}
		o.pods = o.pods[1:]
	}
	return o.last
}
