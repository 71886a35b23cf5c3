package analysis

import (
	"slices"

	"enmesh.dev/enmesh/fn/outcome"
)

// Definitions lists the definitions of all registered analyzers of a subject.
func Definitions(subject Subject) []*Definition {
	var all []*Definition
	add := func(of Subject, findings []*Definition) {
		if of == subject {
			all = append(all, findings...)
		}
	}
	for _, a := range PodAnalyzers() {
		add(a.Subject, a.Findings)
	}
	for _, a := range objectAnalyzers {
		add(a.Subject, a.Findings)
	}
	for _, a := range serverAnalyzers {
		add(a.Subject, a.Findings)
	}
	for _, a := range unknownPodAnalyzers {
		add(a.Subject, a.Findings)
	}
	for _, a := range inputAnalyzers {
		add(a.Subject, a.Findings)
	}
	return all
}

// IsReason says whether a reason exists: as an outcome or as a finding.
func IsReason(reason outcome.Reason) bool {
	return reason.Meaning() != "" || slices.ContainsFunc(Subjects(), func(s Subject) bool {
		return slices.ContainsFunc(Definitions(s), func(d *Definition) bool { return d.Reason == reason })
	})
}
