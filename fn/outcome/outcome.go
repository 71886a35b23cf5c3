package outcome

import (
	"io"

	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Outcome is the result for all streams of one call.
type Outcome struct {
	// Preset is what the named preset set in the configuration. It is nil if the configuration names none.
	Preset *Preset
	// Edits has one entry for each stream, in order.
	Edits []Edits
	// Pods has one entry for each pod template, in the order of the streams.
	Pods []Pod
	// Objects has one entry for each other object that was added, patched or removed.
	Objects []Object
	// Findings are about objects that are not pods.
	Findings []ObjectFinding
	// Input are findings about the input and the selection as a whole.
	Input []Finding
}

// Selected returns the number of selected pods, including those that cannot be enrolled.
func (o *Outcome) Selected() int {
	n := 0
	for _, p := range o.Pods {
		if p.Outcome.IsSelected() {
			n++
		}
	}
	return n
}

// Edits are the changes to one stream: replacements of byte ranges, in order and without overlaps.
type Edits struct {
	Stream stream.Stream
	List   []Edit
}

// Edit replaces the bytes from Start up to End (offsets in the stream) with Text.
type Edit = yamledit.Edit

// WriteTo writes the edited stream.
func (e Edits) WriteTo(w io.Writer) (int64, error) {
	var written int64
	write := func(text []byte) error {
		n, err := w.Write(text)
		written += int64(n)
		return err
	}
	at := 0
	for _, edit := range e.List {
		if err := write(e.Stream.Bytes[at:edit.Start]); err != nil {
			return written, err
		}
		if err := write([]byte(edit.Text)); err != nil {
			return written, err
		}
		at = edit.End
	}
	err := write(e.Stream.Bytes[at:])
	return written, err
}
