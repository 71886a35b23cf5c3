package fn

import (
	"cmp"
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
)

// assemble puts the documents' edits and decisions together, in the order of the streams.
func (t *Transformer) assemble(streams []stream.Stream, decisions []decision, found inspection, facts *mesh.Facts) (*outcome.Outcome, error) {
	s := &assembler{t: t, streams: streams, out: newOutcome(decisions, streams), lines: stream.NewLineCounter(streams),
		names: map[manifest.ResourceRef]bool{}, listed: map[listed]bool{}}
	findings := found.objects
	for i := range decisions {
		d := &decisions[i]
		var own []verdict.ObjectFinding
		for len(findings) > 0 && findings[0].Document == i {
			own, findings = append(own, findings[0]), findings[1:]
		}
		if d.err == nil && len(d.pods) == 0 && len(d.objects) == 0 && len(own) == 0 {
			continue
		}
		if err := s.document(d, &found, own); err != nil {
			return nil, err
		}
		*d = decision{source: d.source} // a stream may hold a million
	}
	if s.last != nil {
		if err := s.addClusterSPIFFEID(facts); err != nil {
			return nil, err
		}
	}
	s.out.Input, s.out.Preset = found.input, outcome.NewPreset(t.given)
	s.out.Gate(&t.enroller.Spec)
	return s.out, nil
}

// assembler puts an outcome together.
type assembler struct {
	t       *Transformer
	streams []stream.Stream
	out     *outcome.Outcome
	lines   *stream.LineCounter
	names   map[manifest.ResourceRef]bool // of added documents
	listed  map[listed]bool               // added to lists that were cut

	last   *manifest.Place // of a pod that SPIRE is to register
	source *source         // the source of that pod
}

// listed is an object that was added to a list.
type listed struct {
	list *stream.List
	ref  manifest.ResourceRef
}

// newOutcome makes an outcome with room for what the documents hold.
func newOutcome(decisions []decision, streams []stream.Stream) *outcome.Outcome {
	pods, edits := 0, make([]int, len(streams))
	for i := range decisions {
		pods += len(decisions[i].pods)
		edits[decisions[i].Stream] += len(decisions[i].edits) + len(decisions[i].additions)
	}
	out := &outcome.Outcome{Pods: make([]outcome.Pod, 0, pods), Edits: make([]outcome.Edits, 0, len(streams))}
	for i, s := range streams {
		e := outcome.Edits{Stream: s}
		if edits[i] > 0 { // most of many files have none
			e.List = make([]outcome.Edit, 0, edits[i]+1)
		}
		out.Edits = append(out.Edits, e)
	}
	return out
}

// document adds what was decided about one document, with its places in the stream. The first error is the outcome's.
func (s *assembler) document(d *decision, found *inspection, findings []verdict.ObjectFinding) error {
	name, above := s.streams[d.Stream].Name, s.lines.Above(d.Stream, d.Start)
	if d.err != nil {
		return locate(d.err, manifest.Place{Stream: name, Source: d.template()}, above)
	}
	for _, ref := range d.inList {
		if d.List != nil && s.listed[listed{d.List, ref}] {
			return errNotByItem // its name depends on the other items'
		}
		s.listed[listed{d.List, ref}] = true
	}
	source := d.template()
	place := func(at manifest.Place) manifest.Place {
		at.Source = cmp.Or(at.Source, source)
		return at.In(name, above)
	}
	s.out.Edits[d.Stream].List = appendEdits(s.out.Edits[d.Stream].List, s.editsOf(d))
	for i := range d.pods {
		p := d.pods[i].Pod
		if found.index != nil {
			p.MutualTLS, p.MutualTLSPorts = found.index.MutualTLS(&d.pods[i])
			server := found.servers[&d.pods[i]]
			p.Findings, p.ReachedBy = append(p.Findings, server.Findings...), server.ReachedBy
		}
		p.Place = place(p.Place)
		for i, f := range p.Findings {
			p.Findings[i] = f.Below(above)
		}
		p.Message = p.Sentence()
		s.out.Pods = append(s.out.Pods, p)
		if p.NeedsRegistration() {
			s.last, s.source = &s.out.Pods[len(s.out.Pods)-1].Place, d.source
		}
	}
	for _, f := range findings {
		s.out.Findings = append(s.out.Findings, outcome.ObjectFinding{Resource: f.Resource, Place: place(f.Place), Finding: f.Finding.Below(above)})
	}
	for _, o := range d.objects {
		o.Place = place(o.Place)
		o.Message = o.Sentence()
		s.out.Objects = append(s.out.Objects, o)
	}
	return nil
}

// editsOf are a document's edits in its stream, with the documents that follow it or its removal.
func (s *assembler) editsOf(d *decision) []outcome.Edit {
	text := s.streams[d.Stream].Bytes
	if d.removed {
		return []outcome.Edit{removal(text, d.From, d.End)}
	}
	var edits []outcome.Edit
	for _, e := range d.edits {
		edits = append(edits, outcome.Edit{Start: d.Start + e.Start, End: d.Start + e.End, Text: e.Text})
	}
	for _, a := range d.additions {
		a.TakeName(s.names)
		a.Source = stream.CommentedSource(d.text)
		d.objects[a.object].Resource = a.Ref
		if s.t.enroller.Spec.Mode != config.Check {
			edits = append(edits, outcome.Edit{Start: d.End, End: d.End, Text: a.Document(text, d.End)})
		}
	}
	return edits
}

// appendEdits appends the edits of a document to those of the documents before it. Where its removal takes the line break in front of it, and
// lines in front of that are cut out already, the line break in front of these goes.
func appendEdits(edits, more []outcome.Edit) []outcome.Edit {
	if len(edits) == 0 || len(more) == 0 || more[0].Start >= edits[len(edits)-1].End {
		return append(edits, more...)
	}
	last := &edits[len(edits)-1]
	taken := last.End - more[0].Start
	last.Start, last.End = last.Start-taken, more[0].End
	return append(edits, more[1:]...)
}

// removal cuts a document out, and the line break in front of it where the text ended without one.
func removal(text []byte, from, end int) outcome.Edit {
	if end == len(text) && text[end-1] != '\n' && from > 0 {
		if from--; from > 0 && text[from-1] == '\r' {
			from--
		}
	}
	return outcome.Edit{Start: from, End: end}
}

// addClusterSPIFFEID adds the one ClusterSPIFFEID after all that the last stream with an enrolled pod holds, or to its
// ResourceList.
func (s *assembler) addClusterSPIFFEID(facts *mesh.Facts) error {
	a := s.t.enroller.ClusterSPIFFEID(facts)
	if a == nil {
		return nil
	}
	added := outcome.Object{Resource: a.Ref, Place: *s.last, Outcome: s.t.enroller.ReasonToAdd()}
	added.Message = added.Sentence()
	s.out.Objects = append(s.out.Objects, added)
	if s.t.enroller.Spec.Mode == config.Check {
		return nil
	}
	to := &s.out.Edits[s.source.Stream]
	if list, ok := s.source.resourceList(); ok {
		edits, err := list.append(a)
		if err != nil {
			return locate(err, manifest.Place{Stream: s.streams[s.source.Stream].Name}, 0)
		}
		to.List = append(to.List, edits...)
		slices.SortStableFunc(to.List, func(a, b outcome.Edit) int { return a.Start - b.Start }) // documents may follow the list
		return nil
	}
	text := to.Stream.Bytes
	a.PlaceInChart(s.last.Source, text)
	to.List = append(to.List, outcome.Edit{Start: len(text), End: len(text), Text: a.Document(text, len(text))})
	return nil
}
