package fn

import (
	"slices"
	"sync"
	"unique"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// What is kept of a document outlives its tree, and a stream may hold a million pods. Most of what is said of them is the
// same text over and over: it is kept once.

func (d *decision) compact(lists *sharedLists) {
	for i := range d.pods {
		p := &d.pods[i]
		share(&p.Resource.APIVersion, &p.Resource.Kind, &p.Resource.Namespace, &p.Place.Source, &p.SPIFFEID)
		for j := range p.Entries {
			e := &p.Entries[j]
			share(&e.SPIFFEID)
			e.Selectors = lists.texts.share(e.Selectors)
		}
		p.Changes = lists.texts.share(p.Changes)
		p.Assumptions = lists.assumptions.share(p.Assumptions)
		p.Findings = fit(p.Findings)
		for j := range p.Findings {
			f := &p.Findings[j]
			share(&f.Message, &f.Field, &f.Remedy)
		}
	}
	d.edits = fit(d.edits)
	for i := range d.edits {
		share(&d.edits[i].Text)
	}
	d.pods = fit(d.pods)
}

// fit returns a list without room to grow.
func fit[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return slices.Clone(list)
}

// sharedLists are lists that many pods have.
type sharedLists struct {
	texts       recent[string]
	assumptions recent[outcome.Assumption]
}

// recent holds the last lists. More would take longer to compare than they save: pods that are alike follow one another.
type recent[T comparable] struct {
	lock  sync.Mutex
	lists [8][]T
	next  int
}

// share returns an equal list that is kept already, or the list without room to grow.
func (r *recent[T]) share(list []T) []T {
	if len(list) == 0 {
		return list
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, kept := range r.lists {
		if slices.Equal(kept, list) {
			return kept
		}
	}
	list = slices.Clip(list)
	r.lists[r.next] = list
	r.next = (r.next + 1) % len(r.lists)
	return list
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
