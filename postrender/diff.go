package main

import (
	"bytes"
	"fmt"
	"io"

	"enmesh.dev/enmesh/fn"
)

// contextLines is how many lines a hunk shows around its changes.
const contextLines = 3

// writeDiff writes the edits as a unified diff. The edits are known, so nothing is searched for: a diff is the lines that
// they touch, before and after.
func writeDiff(w io.Writer, edits []fn.Edits) error {
	for _, e := range edits {
		if len(e.List) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "--- %s\n+++ %s\n", e.Stream.Name, e.Stream.Name); err != nil {
			return err
		}
		shift := 0
		for _, h := range group(split(e.Stream.Bytes), changesOf(e)) {
			lines, err := h.write(w, shift)
			if err != nil {
				return err
			}
			shift += lines
		}
	}
	return nil
}

// change is a run of whole lines, before and after.
type change struct {
	start, end int // lines of the old text, from 0
	old, new   [][]byte
}

// hunk is a run of changes with the lines around them.
type hunk struct {
	lines   [][]byte // of the old text
	changes []change
}

// changesOf groups edits by the lines that they touch.
func changesOf(e fn.Edits) []change {
	text := e.Stream.Bytes
	var changes []change
	line, counted := 0, 0 // lines above the offset
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
		old := split(text[start:end])
		changes = append(changes, trim(change{line, line + len(old), old, split(edited.Bytes())}))
	}
	return changes
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
		c.old, c.new, c.start = c.old[1:], c.new[1:], c.start+1
	}
	for len(c.old) > 0 && len(c.new) > 0 && bytes.Equal(c.old[len(c.old)-1], c.new[len(c.new)-1]) {
		c.old, c.new, c.end = c.old[:len(c.old)-1], c.new[:len(c.new)-1], c.end-1
	}
	return c
}

// group puts changes that are near one another in one hunk.
func group(lines [][]byte, changes []change) []hunk {
	var hunks []hunk
	for _, c := range changes {
		if n := len(hunks) - 1; n >= 0 && c.start-hunks[n].end() <= 2*contextLines {
			hunks[n].changes = append(hunks[n].changes, c)
			continue
		}
		hunks = append(hunks, hunk{lines, []change{c}})
	}
	return hunks
}

func (h hunk) start() int { return h.changes[0].start }

func (h hunk) end() int { return h.changes[len(h.changes)-1].end }

// write writes the hunk and returns by how many lines it makes the text longer. The shift is by how many the hunks above
// did.
func (h hunk) write(w io.Writer, shift int) (int, error) {
	from, to := max(0, h.start()-contextLines), min(len(h.lines), h.end()+contextLines)
	grown := 0
	var body bytes.Buffer
	at := from
	for _, c := range h.changes {
		writeLines(&body, ' ', h.lines[at:c.start])
		writeLines(&body, '-', c.old)
		writeLines(&body, '+', c.new)
		grown += len(c.new) - len(c.old)
		at = c.end
	}
	writeLines(&body, ' ', h.lines[at:to])
	_, err := fmt.Fprintf(w, "@@ -%s +%s @@\n%s", spanOf(from, to-from), spanOf(from+shift, to-from+grown), body.Bytes())
	return grown, err
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
