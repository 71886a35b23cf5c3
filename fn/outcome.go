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
	// Objects has one entry for each other object that was added, patched or removed.
	Objects []Object
	// Findings are about objects that are no pods.
	Findings []ObjectFinding
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

// outcome puts the documents' edits and decisions together, in the order of the streams.
func (t *Transformer) outcome(documents []document, streams []Stream, facts facts) (*Outcome, error) {
	out := newOutcome(documents, streams)
	lines := lineCounter{streams: streams}
	names := map[ResourceRef]bool{}
	var last *Place // of a pod that SPIRE is to register
	stream := 0
	for i := range documents {
		d := &documents[i]
		if d.err == nil && len(d.pods) == 0 && len(d.objects) == 0 && len(d.findings) == 0 {
			continue
		}
		name := streams[d.stream].Name
		above := lines.above(d.stream, d.start)
		if d.err != nil {
			return nil, locate(d.err, Place{Stream: name, Source: sourceOf(d.bytes(streams))}, above)
		}
		out.Edits[d.stream].List = append(out.Edits[d.stream].List, t.editsOf(d, streams[d.stream].Bytes, names)...)
		for _, p := range d.pods {
			p.Place.in(name, above)
			for i := range p.Findings {
				p.Findings[i].below(above)
			}
			p.Message = p.sentence()
			out.Pods = append(out.Pods, p)
			if p.isToRegister() {
				last, stream = &out.Pods[len(out.Pods)-1].Place, d.stream
			}
		}
		d.pods, d.edits, d.additions = nil, nil, nil // a stream may hold a million
		for _, f := range d.findings {
			f.Place.in(name, above)
			f.Finding.below(above)
			orElse(&f.Place.Source, sourceOf(d.bytes(streams)))
			out.Findings = append(out.Findings, f)
		}
		for _, o := range d.objects {
			o.Place.in(name, above)
			o.Message = o.sentence()
			out.Objects = append(out.Objects, o)
		}
	}
	if last != nil {
		t.addClusterSPIFFEID(out, &out.Edits[stream], *last, facts)
	}
	return out, nil
}

// newOutcome makes an outcome with room for what the documents hold.
func newOutcome(documents []document, streams []Stream) *Outcome {
	pods, edits := 0, make([]int, len(streams))
	for i := range documents {
		pods += len(documents[i].pods)
		edits[documents[i].stream] += len(documents[i].edits) + len(documents[i].additions)
	}
	out := &Outcome{Pods: make([]Pod, 0, pods)}
	for i, stream := range streams {
		out.Edits = append(out.Edits, Edits{Stream: stream, List: make([]Edit, 0, edits[i]+1)})
	}
	return out
}

// editsOf are a document's edits in its stream, with the documents that follow it or its removal.
func (t *Transformer) editsOf(d *document, stream []byte, names map[ResourceRef]bool) []Edit {
	if d.removed {
		return []Edit{removal(stream, d.from, d.end)}
	}
	var edits []Edit
	for _, e := range d.edits {
		edits = append(edits, Edit{Start: d.start + e.Start, End: d.start + e.End, Text: e.Text})
	}
	for _, a := range d.additions {
		a.takeName(names)
		d.objects[a.object].Resource = a.ref
		if t.spec.Mode != Check {
			edits = append(edits, Edit{Start: d.end, End: d.end, Text: a.asDocument(stream, d.end)})
		}
	}
	return edits
}

// removal cuts a document out, and the line break in front of it where the text ended without one.
func removal(stream []byte, from, end int) Edit {
	if end == len(stream) && stream[end-1] != '\n' && from > 0 {
		if from--; from > 0 && stream[from-1] == '\r' {
			from--
		}
	}
	return Edit{Start: from, End: end}
}

// addClusterSPIFFEID adds the one ClusterSPIFFEID behind all that the last stream with an enrolled pod holds.
func (t *Transformer) addClusterSPIFFEID(out *Outcome, to *Edits, beside Place, facts facts) {
	a := t.clusterSPIFFEID(facts)
	if a == nil {
		return
	}
	added := Object{Resource: a.ref, Place: beside, Reason: t.reasonToAdd()}
	added.Message = added.sentence()
	out.Objects = append(out.Objects, added)
	if t.spec.Mode != Check {
		text := to.Stream.Bytes
		a.markAs(beside.Source, text)
		to.List = append(to.List, Edit{Start: len(text), End: len(text), Text: a.asDocument(text, len(text))})
	}
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
