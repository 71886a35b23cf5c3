package verdict

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// Explanation describes an outcome or a finding, independent of a pod.
type Explanation struct {
	Reason outcome.Reason
	// Severity is empty for an outcome that is not a finding.
	Severity outcome.Severity
	// Verdict is the verdict on a pod with the finding, or empty.
	Verdict outcome.Verdict
	// Admitted: the verdict is Refused, but the API server takes the pod, which then never starts.
	Admitted bool
	Meaning  string
	// Remedy is empty if nothing is wrong.
	Remedy string
}

// Group is the findings about one subject.
type Group struct {
	Subject  string
	Findings []Explanation
}

// Catalog lists all findings, by subject.
func Catalog() []Group {
	var groups []Group
	seen := map[outcome.Reason]bool{}
	for _, subject := range analysis.Subjects() {
		group := Group{Subject: subject.String()}
		for _, d := range analysis.Definitions(subject) {
			if !seen[d.Reason] {
				seen[d.Reason] = true
				group.Findings = append(group.Findings, Explanation{d.Reason, d.Severity, d.Effect, d.Admitted, d.Message, d.Remedy})
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// Reasons lists all outcomes and findings, in alphabetical order.
func Reasons() []outcome.Reason {
	all := outcome.Reasons()
	for _, group := range Catalog() {
		for _, f := range group.Findings {
			all = append(all, f.Reason)
		}
	}
	slices.Sort(all)
	return all
}

// Sentence makes a text of the catalog a sentence. An empty text stays empty.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// Suggest names the reason that a misspelled one is probably meant to be: " (did you mean HostNetwork?)", or "".
func Suggest(reason string) string {
	var known []string
	for _, r := range Reasons() {
		known = append(known, string(r))
	}
	return config.Suggestion(reason, known)
}

// Explain says what a reason means. It returns false if the reason does not exist.
func Explain(reason outcome.Reason) (Explanation, bool) {
	for _, group := range Catalog() {
		for _, f := range group.Findings {
			if f.Reason == reason {
				return f, true
			}
		}
	}
	return Explanation{Reason: reason, Meaning: reason.Meaning()}, reason.Meaning() != ""
}
