package ci

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
)

// Whatever an entry can be about is explained: what it means, how severe it is, and what to do.
func TestRulesAreComplete(t *testing.T) {
	ids := map[string]outcome.Severity{string(outcome.NotEnrolled): outcome.Error, string(outcome.Missing): outcome.Error,
		string(report.JobFailed): outcome.Error, report.Assumes: outcome.Error}
	for _, v := range outcome.Verdicts() {
		_, taken := verdict.Explain(outcome.Reason(v))
		require.False(t, taken, "%s is a verdict and a reason", v)
		ids[string(v)] = outcome.Error
	}
	for _, group := range verdict.Catalog() {
		for _, f := range group.Findings {
			ids[string(f.Reason)] = f.Severity
		}
	}
	for id, severity := range ids {
		r := ruleOf(id)
		require.Equal(t, severity, r.severity, id)
		for _, text := range []string{r.meaning, r.remedy} {
			require.Regexp(t, `^[^a-z].*[^.]\.$`, text, id)
		}
	}
}
