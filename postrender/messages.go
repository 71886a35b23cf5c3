package postrender

import (
	"bufio"
	"fmt"
	"io"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// messages says what is printed. Errors, and whatever fails the job, always are.
type messages struct {
	warnings bool
	others   bool // decisions, assumptions and the summary
}

// newMessages reads the flags:
//
//	             neither   --quiet   --warnings=false   --quiet --warnings
//	warnings     yes       no        no                 yes
//	others       yes       no        yes                no
func newMessages(quiet, warnings, warningsGiven bool) messages {
	return messages{warnings: warnings && (warningsGiven || !quiet), others: !quiet}
}

// print writes the results to stderr, one line each. A line starts with the program's name, because it is often mixed with the output of
// other programs.
func (m messages) print(to io.Writer, out *outcome.Outcome, check bool) {
	w := bufio.NewWriterSize(to, 1<<16) // there may be a line for each of many pods
	defer w.Flush()
	for r := range report.Results(out) {
		if m.wants(r) {
			fmt.Fprintf(w, "enmesh: %s\n", report.Printable(r.String()))
		}
	}
	if !m.others {
		return
	}
	if out.Preset != nil {
		fmt.Fprintf(w, "enmesh: %s\n", report.Printable(out.Preset.Sentence()))
	}
	if check {
		all, _ := outcome.Assumed(out.Pods)
		for _, a := range all {
			fmt.Fprintf(w, "enmesh: assumes that %s\n", report.Printable(a.Message))
		}
	}
	fmt.Fprintf(w, "enmesh: %s\n", report.Summary(out))
}

func (m messages) wants(r report.Result) bool {
	switch {
	case r.Severity == outcome.Error, r.Fails:
		return true
	case r.Severity == outcome.Warning:
		return m.warnings
	}
	return m.others && r.IsNotable()
}
