package postrender

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict"
)

// explain prints what a reason, an outcome or a verdict means and what to do about it. Upper and lower case are the same.
func explain(w io.Writer, word string) error {
	for _, v := range outcome.Verdicts() {
		if strings.EqualFold(string(v), word) {
			return explainVerdict(w, v)
		}
	}
	for _, reason := range verdict.Reasons() {
		if strings.EqualFold(string(reason), word) {
			return explainReason(w, reason)
		}
	}
	if nearest := config.Suggestion(word, words()); nearest != "" {
		return fmt.Errorf("no reason, outcome or verdict is called %q%s", word, nearest)
	}
	return fmt.Errorf("no reason, outcome or verdict is called %q; they are %s", word, strings.Join(words(), ", "))
}

// words are what can be explained, in alphabetical order.
func words() []string {
	var all []string
	for _, v := range outcome.Verdicts() {
		all = append(all, string(v))
	}
	for _, reason := range verdict.Reasons() {
		all = append(all, string(reason))
	}
	slices.Sort(all)
	return all
}

// explainVerdict prints what a verdict means, and the findings that lead to it.
func explainVerdict(w io.Writer, v outcome.Verdict) error {
	var reasons []string
	for _, group := range verdict.Catalog() {
		for _, f := range group.Findings {
			if f.Verdict == v {
				reasons = append(reasons, string(f.Reason))
			}
		}
	}
	_, err := fmt.Fprintf(w, "%s (verdict)\n\n%s\n", v, verdict.Sentence(v.Meaning()))
	if err == nil && reasons != nil {
		slices.Sort(reasons)
		_, err = fmt.Fprintf(w, "\nfindings: %s\n", strings.Join(reasons, ", "))
	}
	return err
}

func explainReason(w io.Writer, reason outcome.Reason) error {
	e, _ := verdict.Explain(reason)
	lines := []string{string(e.Reason), "", verdict.Sentence(e.Meaning)}
	if e.Severity != "" || e.Verdict != "" || e.Remedy != "" {
		lines = append(lines, "")
	}
	for _, line := range [][2]string{{"severity: ", string(e.Severity)}, {"verdict:  ", string(e.Verdict)}, {"remedy:   ", e.Remedy}} {
		if line[1] != "" {
			lines = append(lines, line[0]+line[1])
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
