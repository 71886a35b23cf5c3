package postrender

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/verdict"
)

// --explain shows all that the catalog says about a reason, each in a line of its own.
func TestExplain(t *testing.T) {
	for _, reason := range verdict.Reasons() {
		e, ok := verdict.Explain(reason)
		require.True(t, ok)
		want := []string{string(reason), "", strings.ToUpper(e.Meaning[:1]) + e.Meaning[1:] + "."}
		for _, line := range [][2]string{{"severity: ", string(e.Severity)}, {"verdict:  ", string(e.Verdict)}, {"remedy:   ", e.Remedy}} {
			if line[1] != "" && len(want) == 3 {
				want = append(want, "")
			}
			if line[1] != "" {
				want = append(want, line[0]+line[1])
			}
		}
		r := call(nil, nil, "--explain", string(reason))
		require.Equal(t, exitDone, r.status)
		require.Equal(t, strings.Join(want, "\n")+"\n", r.stdout)
	}
}
