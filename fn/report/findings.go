package report

import (
	"slices"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
)

// Found is a finding with all the objects that have it.
type Found struct {
	outcome.Finding // with the line of the first
	// About is empty if the finding is about the input as a whole.
	About []About
}

// About is an object that a finding is about.
type About struct {
	Resource manifest.ResourceRef
	Place    manifest.Place
	// Pod is an index in the report's pods, or -1.
	Pod int
}

// Found lists the findings, each once, the errors first.
func (r Report) Found() []Found {
	at := map[outcome.Finding]int{}
	var all []Found
	add := func(f outcome.Finding, about ...About) {
		key := f
		key.Line = 0
		n, found := at[key]
		if !found {
			n, at[key] = len(all), len(all)
			all = append(all, Found{Finding: f})
		}
		all[n].About = append(all[n].About, about...)
	}
	for _, f := range r.Input {
		add(f)
	}
	for i := range r.Pods {
		p := &r.Pods[i]
		for _, f := range p.Findings {
			add(f, About{p.Resource, p.Place, i})
		}
	}
	for _, f := range r.Findings {
		add(f.Finding, About{f.Resource, f.Place, -1})
	}
	slices.SortStableFunc(all, func(a, b Found) int { return a.Severity.Rank() - b.Severity.Rank() })
	return all
}

// severityText is the severity of a finding or a decision, and what follows from it.
func severityText(s outcome.Severity, accepted, fails bool) string {
	switch {
	case accepted:
		return string(s) + " (accepted)"
	case fails && s != outcome.Error:
		return string(s) + " (fails the job)"
	}
	return string(s)
}
