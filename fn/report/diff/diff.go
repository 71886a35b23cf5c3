// Package diff shows an outcome's edits as a unified diff: the lines that the edits touch, before and after. There is no need to
// compare the texts, because the edits are known.
//
// In: the edits and the pods of an outcome. Out: [Files], hunk by hunk, or the text of all of them, by [Write]; or [Parts], object by object.
package diff

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// File is a stream that changed.
type File struct {
	Name string
	// Hunks come one at a time, because a stream may have a million.
	Hunks iter.Seq[Hunk]
}

// Hunk is a run of changed lines, with the lines around them.
type Hunk struct {
	// Line is the first line in the old text, from 1, and NewLine is the one in the new text. With no lines, it is the line above.
	Line, NewLine int
	// Object is the workload that the hunk is in, or "".
	Object string
	Lines  []Line
}

// Line is one line of a hunk.
type Line struct {
	Mark Mark
	Text []byte // with its line break, which the last line of a file may lack
}

// Mark says what becomes of a line. Its value is the first character of the line in a unified diff.
type Mark byte

const (
	Kept    Mark = ' '
	Removed Mark = '-'
	Added   Mark = '+'
)

// Files yields the streams that changed, in order.
func Files(edits []outcome.Edits, pods []outcome.Pod) iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, e := range edits {
			if len(e.List) > 0 && !yield(File{e.Stream.Name, hunksOf(e, pods)}) {
				return
			}
		}
	}
}

// Colour codes of ECMA-48, as git uses them.
const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	reset = "\x1b[0m"
)

var lineColours = map[Mark]string{Removed: red, Added: green}

// Write writes a unified diff of all streams. The heading of a hunk names the object that it is in. Colours are for a terminal.
func Write(w io.Writer, edits []outcome.Edits, pods []outcome.Pod, colours bool) error {
	paint := func(colour, text string) string {
		if !colours || colour == "" {
			return text
		}
		return colour + text + reset
	}
	for file := range Files(edits, pods) {
		name := fileName(file.Name)
		if _, err := fmt.Fprintf(w, "%s\n%s\n", paint(bold, "--- "+name), paint(bold, "+++ "+name)); err != nil {
			return err
		}
		for hunk := range file.Hunks {
			var b bytes.Buffer
			b.WriteString(paint(cyan, hunk.Header()))
			if hunk.Object != "" {
				b.WriteString(" " + report.Printable(hunk.Object))
			}
			b.WriteByte('\n')
			for _, line := range hunk.Lines {
				text, ended := bytes.CutSuffix(line.Text, []byte("\n"))
				b.WriteString(paint(lineColours[line.Mark], string(line.Mark)+string(text)) + "\n")
				if !ended {
					b.WriteString("\\ No newline at end of file\n")
				}
			}
			if _, err := w.Write(b.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Header is the first line of the hunk in a unified diff, without the object: "@@ -1,4 +1,5 @@".
func (h Hunk) Header() string {
	return fmt.Sprintf("@@ -%d,%d +%d,%d @@", h.Line, h.count(Removed), h.NewLine, h.count(Added))
}

// count is how many lines the hunk has in the old text (Removed) or in the new one (Added).
func (h Hunk) count(side Mark) int {
	n := 0
	for _, line := range h.Lines {
		if line.Mark == Kept || line.Mark == side {
			n++
		}
	}
	return n
}

// fileName is a stream's name in a diff. A tab marks the end of a name that has spaces.
func fileName(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}
