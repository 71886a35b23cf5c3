package ci

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// Severity and what fails the job are two things, and each form shows both.
func TestSeverity(t *testing.T) {
	for _, c := range []struct {
		severity              outcome.Severity
		fails                 bool
		sarif, gitlab, github string
	}{
		{outcome.Error, true, "error", "critical", "::error title=enmesh A::it"},
		{outcome.Error, false, "error", "major", "::error title=enmesh A::it"},
		{outcome.Warning, true, "warning", "major", "::warning title=enmesh A::fails the job: it"},
		{outcome.Warning, false, "warning", "minor", "::warning title=enmesh A::it"},
		{outcome.Info, false, "note", "info", "::notice title=enmesh A::it"},
	} {
		e := entry{Result: report.Result{Rule: "A", Message: "it", Severity: c.severity, Fails: c.fails, IsFinding: true}}
		require.Equal(t, []string{c.sarif, c.gitlab, c.github}, []string{sarifLevel(e.Severity), gitLabSeverity(e), gitHubCommand(e)})
	}
	require.Equal(t, "blocker", gitLabSeverity(entries(report.New(nil, errors.New("broken")))[0]))
}

// GitHub shows only the first annotations of each severity, so those that fail the job come first.
func TestGitHubOrder(t *testing.T) {
	failing := warning("Fails", "", 0)
	failing.Fails = true
	text, err := GitHub(report.New(&outcome.Outcome{Pods: []outcome.Pod{pod("web", 1,
		outcome.Finding{Reason: "Note", Severity: outcome.Info}, warning("Passes", "", 0), failing, outcome.Finding{Reason: "Wrong", Severity: outcome.Error})}}, nil))
	require.NoError(t, err)
	require.Regexp(t, `^::error .*Wrong.*\n::warning .*Fails.*\n::warning .*Passes.*\n::notice .*Note.*\n$`, string(text))
}
