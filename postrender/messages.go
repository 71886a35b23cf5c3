package postrender

import (
	"fmt"
	"io"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// printMessages writes the results to stderr, one line each. A line starts with the program's name, because it is often mixed
// with the output of other programs. With quiet, it writes only errors.
func printMessages(w io.Writer, out *outcome.Outcome, quiet, check bool) {
	for r := range report.Results(out) {
		if r.Severity == outcome.Error || r.Fails || !quiet && r.IsNotable() {
			fmt.Fprintf(w, "enmesh: %s\n", report.Printable(r.String()))
		}
	}
	if all, _ := outcome.Assumed(out.Pods); !quiet && check {
		for _, a := range all {
			fmt.Fprintf(w, "enmesh: assumes that %s\n", report.Printable(a.Message))
		}
	}
	if !quiet {
		fmt.Fprintf(w, "enmesh: %s\n", report.Summary(out))
	}
}
