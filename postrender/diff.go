package postrender

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// contextLines is how many lines a hunk shows around its changes.
const contextLines = 3

// writeDiff writes the edits as a unified diff: the lines that the edits touch, before and after. There is no need to compare
// the texts, because the edits are known. The heading of a hunk names the object that it is in.
func writeDiff(w io.Writer, out *outcome.Outcome) error {
	for _, e := range out.Edits {
		if len(e.List) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "--- %[1]s\n+++ %[1]s\n", fileName(e.Stream.Name)); err != nil {
			return err
		}
		headings := headings{pods: out.Pods, stream: e.Stream.Name}
		shift := 0 // lines that the hunks above add
		for h := range hunks(e.Stream.Bytes, changes(e)) {
			h.heading = headings.at(h.changes[0].line + min(1, len(h.changes[0].old)))
			added, err := h.write(w, e.Stream.Bytes, shift)
			if err != nil {
				return err
			}
			shift += added
		}
	}
	return nil
}

// fileName is a stream's name in a diff. A tab marks the end of a name that has spaces.
func fileName(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// change is a run of whole lines, before and after.
type change struct {
	line       int // the number of lines above, in the old text
	start, end int // offsets in the old text
	old, new   [][]byte
}

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

// hunk is a run of changes that are near one another.
type hunk struct {
	changes []change
	heading string
}

// hunks puts changes into one hunk if the lines around them would meet. It yields one hunk at a time, because a stream may have
// a million.
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

// write writes the hunk, and returns how many lines it adds to the text. The shift is how many lines the hunks above add.
func (h hunk) write(w io.Writer, text []byte, shift int) (int, error) {
	var body bytes.Buffer
	first := h.changes[0]
	above := linesAbove(text, first.start)
	from, old, added := first.line-len(above), len(above), 0
	writeLines(&body, ' ', above)
	for i, c := range h.changes {
		if i > 0 {
			between := splitLines(text[h.changes[i-1].end:c.start])
			writeLines(&body, ' ', between)
			old += len(between)
		}
		writeLines(&body, '-', c.old)
		writeLines(&body, '+', c.new)
		old, added = old+len(c.old), added+len(c.new)-len(c.old)
	}
	below := linesBelow(text, h.changes[len(h.changes)-1].end)
	writeLines(&body, ' ', below)
	old += len(below)
	_, err := fmt.Fprintf(w, "@@ -%s +%s @@%s\n%s", spanOf(from, old), spanOf(from+shift, old+added), h.heading, body.Bytes())
	return added, err
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

// spanOf is the range in a hunk's header: the first line, from 1, and the number of lines. With no lines, it is the line above.
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

// headings finds the headings of the hunks of one stream, from top to bottom.
type headings struct {
	pods   []outcome.Pod // that are below the last hunk
	stream string
	last   string
}

// at is the heading of a hunk whose first change is in this line, from 1: the last pod's object that starts above.
func (h *headings) at(line int) string {
	for len(h.pods) > 0 && (h.pods[0].Place.Stream != h.stream || h.pods[0].Place.Line <= line) {
		if p := h.pods[0]; p.Place.Stream == h.stream {
			h.last = " " + report.Printable(p.Resource.String())
		}
		h.pods = h.pods[1:]
	}
	return h.last
}
