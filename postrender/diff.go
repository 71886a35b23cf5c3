package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"enmesh.dev/enmesh/fn"
)

// contextLines is how many lines a hunk shows around its changes.
const contextLines = 3

// writeDiff writes the edits as a unified diff. The edits are known, so nothing is searched for: a diff is the lines that
// they touch, before and after. Each hunk names the object that it is in.
func writeDiff(w io.Writer, outcome *fn.Outcome) error {
	for _, e := range outcome.Edits {
		if len(e.List) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "--- %[1]s\n+++ %[1]s\n", fileName(e.Stream.Name)); err != nil {
			return err
		}
		headings := headings{pods: outcome.Pods, stream: e.Stream.Name}
		shift := 0
		for h := range hunks(e.Stream.Bytes, changes(e)) {
			h.heading = headings.at(h.changes[0].line + min(1, len(h.changes[0].old)))
			grown, err := h.write(w, e.Stream.Bytes, shift)
			if err != nil {
				return err
			}
			shift += grown
		}
	}
	return nil
}

// fileName is a stream's name in a diff: a tab ends one that holds spaces.
func fileName(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// change is a run of whole lines, before and after.
type change struct {
	line       int // above it, in the old text
	start, end int // offsets in the old text
	old, new   [][]byte
}

// changes groups edits by the lines that they touch.
func changes(e fn.Edits) iter.Seq[change] {
	return func(yield func(change) bool) {
		text := e.Stream.Bytes
		line, counted := 0, 0 // line breaks up to the offset
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
			c := trim(change{line, start, end, split(text[start:end]), split(edited.Bytes())})
			if len(c.old)+len(c.new) > 0 && !yield(c) {
				return
			}
		}
	}
}

// lineEnd returns the offset behind the line break of the line at the offset.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

func split(text []byte) [][]byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// trim leaves out the lines that a change has in common at its start and end.
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

// hunk is a run of changes that are near one another.
type hunk struct {
	changes []change
	heading string
}

// hunks puts changes in one hunk where the lines around them would meet. One hunk at a time is held: a stream may have a
// million.
func hunks(text []byte, changes iter.Seq[change]) iter.Seq[hunk] {
	return func(yield func(hunk) bool) {
		var h hunk
		for c := range changes {
			if n := len(h.changes); n > 0 && c.line-h.changes[n-1].line-len(h.changes[n-1].old) > 2*contextLines {
				if !yield(h) {
					return
				}
				h.changes = nil
			}
			h.changes = append(h.changes, c)
		}
		if len(h.changes) > 0 {
			yield(h)
		}
	}
}

// write writes the hunk and returns by how many lines it makes the text longer. The shift is by how many the hunks above
// did.
func (h hunk) write(w io.Writer, text []byte, shift int) (int, error) {
	var body bytes.Buffer
	first := h.changes[0]
	above := linesAbove(text, first.start)
	from, old, grown := first.line-len(above), len(above), 0
	writeLines(&body, ' ', above)
	for i, c := range h.changes {
		if i > 0 {
			between := split(text[h.changes[i-1].end:c.start])
			writeLines(&body, ' ', between)
			old += len(between)
		}
		writeLines(&body, '-', c.old)
		writeLines(&body, '+', c.new)
		old, grown = old+len(c.old), grown+len(c.new)-len(c.old)
	}
	below := linesBelow(text, h.changes[len(h.changes)-1].end)
	writeLines(&body, ' ', below)
	old += len(below)
	_, err := fmt.Fprintf(w, "@@ -%s +%s @@%s\n%s", spanOf(from, old), spanOf(from+shift, old+grown), h.heading, body.Bytes())
	return grown, err
}

// linesAbove are the last lines in front of an offset, as many as a hunk shows.
func linesAbove(text []byte, end int) [][]byte {
	start := end
	for range contextLines {
		if start > 0 {
			start = bytes.LastIndexByte(text[:start-1], '\n') + 1
		}
	}
	return split(text[start:end])
}

// linesBelow are the first lines behind an offset, as many as a hunk shows.
func linesBelow(text []byte, start int) [][]byte {
	end := start
	for range contextLines {
		end = lineEnd(text, end)
	}
	return split(text[start:end])
}

// spanOf is a hunk's place: its first line, from 1 (or the one above where there is none), and how many.
func spanOf(from, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, n)
}

func writeLines(b *bytes.Buffer, mark byte, lines [][]byte) {
	for _, line := range lines {
		b.WriteByte(mark)
		b.Write(line)
		if !bytes.HasSuffix(line, []byte("\n")) {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// headings finds the pods' objects in the order of the stream.
type headings struct {
	pods   []fn.Pod // those that are still below
	stream string
	last   string
}

// at is the heading of a hunk whose first change is in the line (from 1): the last object that begins above.
func (h *headings) at(line int) string {
	for len(h.pods) > 0 && (h.pods[0].Place.Stream != h.stream || h.pods[0].Place.Line <= line) {
		if p := h.pods[0]; p.Place.Stream == h.stream {
			h.last = " " + p.Resource.String()
		}
		h.pods = h.pods[1:]
	}
	return h.last
}
