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

// The README has a row for each outcome that is not a finding and for each verdict, with its meaning, and links to the page of all findings.
func TestREADMEOutcomes(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	readme := string(text)
	for _, reason := range outcome.Reasons() {
		require.Contains(t, readme, "\n| "+string(reason)+" | "+reason.Meaning()+" |\n")
	}
	for _, verdict := range outcome.Verdicts() {
		require.Contains(t, readme, "\n| "+string(verdict)+" | "+verdict.Meaning()+" |\n")
	}
	const page = "fn/verdict/FINDINGS.md"
	require.Contains(t, readme, "("+page+")")
	require.FileExists(t, "../"+page)
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
