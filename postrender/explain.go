package postrender

import (
	"fmt"
	"io"
	"strings"

	"enmesh.dev/enmesh/fn/verdict"
)

// explain prints what a reason means and what to do about it.
func explain(w io.Writer, name string) error {
	reasons := verdict.Reasons()
	for _, reason := range reasons {
		if !strings.EqualFold(string(reason), name) {
			continue
		}
		e, _ := verdict.Explain(reason)
		fmt.Fprintf(w, "%s\n\n%s.\n", e.Reason, sentenceCase(e.Meaning))
		if e.Severity != "" {
			fmt.Fprintf(w, "\nseverity: %s\n", e.Severity)
		}
		if e.Verdict != "" {
			fmt.Fprintf(w, "verdict:  %s\n", e.Verdict)
		}
		if e.Remedy != "" {
			fmt.Fprintf(w, "remedy:   %s\n", e.Remedy)
		}
		return nil
	}
	names := make([]string, len(reasons))
	for i, reason := range reasons {
		names[i] = string(reason)
	}
	return fmt.Errorf("unknown reason %q; valid reasons are %s", name, strings.Join(names, ", "))
}

func sentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
