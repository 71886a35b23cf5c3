package fn

import (
	"bytes"
	"io"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Outcome is what Transform computed.
type Outcome struct {
	// Edits has one entry a stream, in order.
	Edits []Edits
	// Pods has one entry a pod template, in the order of the streams.
	Pods []Pod
}

// Selected counts the pods that were selected, also where they could not be enrolled.
func (o *Outcome) Selected() int {
	n := 0
	for _, p := range o.Pods {
		if p.Reason.IsSelected() {
			n++
		}
	}
	return n
}

// Edits are the changes to one stream: replacements of byte ranges, in order and apart from one another.
type Edits struct {
	Stream Stream
	List   []Edit
}

// Edit replaces the bytes from Start up to End (offsets in the stream) by Text.
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

// outcome puts the documents' edits and pods together, in the order of the streams.
func outcome(documents []document, streams []Stream) (*Outcome, error) {
	out := &Outcome{}
	for _, stream := range streams {
		out.Edits = append(out.Edits, Edits{Stream: stream})
	}
	lines := lineCounter{streams: streams}
	for i := range documents {
		d := &documents[i]
		if d.err == nil && len(d.pods) == 0 {
			continue
		}
		above := lines.above(d.stream, d.start)
		if d.err != nil {
			return nil, locate(d.err, Place{Stream: streams[d.stream].Name, Source: sourceOf(d.bytes(streams))}, above)
		}
		edits := &out.Edits[d.stream]
		for _, e := range d.edits {
			edits.List = append(edits.List, Edit{Start: d.start + e.Start, End: d.start + e.End, Text: e.Text})
		}
		for _, p := range d.pods {
			p.Place.Stream = streams[d.stream].Name
			p.Place.Line += above
			for i := range p.Findings {
				if p.Findings[i].Line > 0 {
					p.Findings[i].Line += above
				}
			}
			p.Message = p.sentence()
			out.Pods = append(out.Pods, p)
		}
	}
	return out, nil
}

// lineCounter counts line breaks once, over offsets that only grow.
type lineCounter struct {
	streams       []Stream
	stream, to, n int
}

// above is the number of lines in front of an offset.
func (l *lineCounter) above(stream, offset int) int {
	if stream != l.stream {
		l.stream, l.to, l.n = stream, 0, 0
	}
	l.n += bytes.Count(l.streams[stream].Bytes[l.to:offset], []byte("\n"))
	l.to = offset
	return l.n
}
