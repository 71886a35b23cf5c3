package postrender

import (
	"fmt"
	"io"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// printMessages writes the results to stderr, one line each. A line starts with the program's name, because it is often mixed
// with the output of other programs. With quiet, it writes only errors.
func printMessages(w io.Writer, out *outcome.Outcome, spec config.MeshEnrollmentSpec, quiet bool) {
	for r := range report.Results(out, spec) {
		if r.Severity == outcome.Error || !quiet && r.IsNotable() {
			fmt.Fprintf(w, "enmesh: %s\n", r)
		}
	}
	if quiet {
		return
	}
	fmt.Fprintf(w, "enmesh: %s\n", report.Summary(out))
	if out.Selected() == 0 && len(out.Pods) > 0 && spec.Mode != config.Unenroll && !spec.All {
		fmt.Fprintln(w, "enmesh: no pod is selected: use --all or --selector LABELS, or mark pods with the annotation enmesh.dev/enroll: \"true\"")
	}
}
