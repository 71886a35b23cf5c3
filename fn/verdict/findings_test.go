package verdict_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var update = flag.Bool("update", false, "write FINDINGS.md")

// FINDINGS.md is the catalog as a page. `make docs` writes it.
func TestFindingsPage(t *testing.T) {
	if *update {
		require.NoError(t, os.WriteFile("FINDINGS.md", []byte(page()), 0o644))
	}
	text, err := os.ReadFile("FINDINGS.md")
	require.NoError(t, err)
	require.Equal(t, page(), string(text), "stale: run `make docs`")
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Findings

A finding is something wrong or doubtful about a pod, or about an object that affects pods.
` + "`enmesh explain REASON`" + ` shows one. An error fails ` + "`--check`" + `; with ` + "`--strict`" + ` errors and warnings fail every mode. Findings
about a pod that is not selected are warnings at most. The verdict is the one that a pod with the finding gets; if there is
none, the finding has no effect on it.

This page is generated from the code by ` + "`make docs`" + `.
`)
	for _, group := range verdict.Catalog() {
		if len(group.Findings) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| finding | severity | verdict | meaning | remedy |\n| --- | --- | --- | --- | --- |\n", group.Subject)
		for _, f := range group.Findings {
			fmt.Fprintf(&b, "| <a id=%q></a>%s | %s | %s | %s | %s |\n", f.Reason, f.Reason, f.Severity, f.Verdict, cell(f.Meaning), cell(f.Remedy))
		}
	}
	return b.String()
}

// cell escapes what would otherwise be HTML, or end the cell.
func cell(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "|", "\\|").Replace(text)
}

// Each finding is all there: without a remedy, or a severity, a reader is left alone.
func TestDefinitionsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, group := range verdict.Catalog() {
		for _, f := range group.Findings {
			require.False(t, seen[string(f.Reason)], "%s is defined twice", f.Reason)
			seen[string(f.Reason)] = true
			require.NotEmpty(t, f.Severity, f.Reason)
			require.NotEmpty(t, f.Meaning, f.Reason)
			require.NotEmpty(t, f.Remedy, f.Reason)
		}
	}
	require.Len(t, verdict.Reasons(), len(seen)+len(outcome.Reasons()))
}

// An object that the facts do not come from never meets its analyzer.
func TestObjectAnalyzersAreReached(t *testing.T) {
	for _, a := range analysis.ObjectAnalyzers() {
		for _, kind := range a.Kinds {
			require.True(t, mesh.Reads(kind), "%s: add the kind to those that package mesh reads", kind)
		}
	}
}
