package fn

import (
	"slices"
	"unique"

	"enmesh.dev/enmesh/fn/stream"
)

// What is kept of a document outlives its tree, and a stream may hold a million pods. Most of what is said of them is the
// same text over and over: it is kept once.

func (d *decision) compact() {
	for i := range d.pods {
		p := &d.pods[i]
		share(&p.Resource.APIVersion, &p.Resource.Kind, &p.Resource.Namespace, &p.Place.Source)
		for _, e := range p.Entries {
			for j := range e.Selectors {
				share(&e.Selectors[j])
			}
		}
		p.Changes = slices.Clip(p.Changes)
		for j := range p.Changes {
			share(&p.Changes[j])
		}
		p.Assumptions = slices.Clip(p.Assumptions)
		for j := range p.Assumptions {
			share(&p.Assumptions[j].Message)
		}
		p.Findings = slices.Clone(p.Findings) // with no room to grow
		for j := range p.Findings {
			f := &p.Findings[j]
			share(&f.Message, &f.Field, &f.Remedy)
		}
	}
	d.edits = slices.Clone(d.edits)
	for i := range d.edits {
		share(&d.edits[i].Text)
	}
	d.pods = slices.Clone(d.pods)
}

// share replaces texts by the one copy that is kept of each.
func share(texts ...*string) {
	for _, text := range texts {
		*text = unique.Make(*text).Value()
	}
}

// template is the chart template that the document was rendered from, where Helm says so.
func (s *source) template() string {
	if s.outline != nil {
		return s.outline.Source
	}
	return stream.Source(s.text)
}
