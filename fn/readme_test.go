package fn_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict"
)

// The page of reports has a row for each outcome that is not a finding and for each verdict, with its meaning, and links to the page of all findings.
func TestOutcomesPage(t *testing.T) {
	text, err := os.ReadFile("report/REPORT.md")
	require.NoError(t, err)
	page := string(text)
	for _, reason := range outcome.Reasons() {
		require.Contains(t, page, "\n| "+string(reason)+" | "+reason.Meaning()+" |\n")
	}
	for _, verdict := range outcome.Verdicts() {
		require.Contains(t, page, "\n| "+string(verdict)+" | "+verdict.Meaning()+" |\n")
	}
	const findings = "../verdict/FINDINGS.md"
	require.Contains(t, page, "("+findings+")")
	require.FileExists(t, "report/"+findings)
}

// Every finding has a case that shows it.
func TestFindingCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/finding-*.txtar")
	require.NoError(t, err)
	var shown strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, results, _ := strings.Cut(string(text), "-- results --\n")
		shown.WriteString(results)
	}
	for _, reason := range verdict.Reasons() {
		if e, _ := verdict.Explain(reason); e.Severity != "" {
			require.Contains(t, shown.String(), " "+string(reason)+" line ", "no case shows it")
		}
	}
}
