package fn_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
)

// The README has a row for every reason that enmesh gives, with the severity that the code gives it.
func TestReadmeReasons(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "\n## Outcomes and findings\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []fn.Reason
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+) \| (\S+)`).FindAllStringSubmatch(section, -1) {
		reason := fn.Reason(row[1])
		e, known := fn.Explain(reason)
		if !known {
			continue // a heading, or a verdict
		}
		listed = append(listed, reason)
		if e.Severity != "" {
			require.Equal(t, string(e.Severity), row[2], "%s", reason)
		}
	}
	slices.Sort(listed)
	require.Equal(t, fn.Reasons(), listed)
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
	for _, reason := range fn.Reasons() {
		if e, _ := fn.Explain(reason); e.Severity != "" {
			require.Contains(t, shown.String(), " "+string(reason)+" line ", "no case shows it")
		}
	}
}
