package fn_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

var update = flag.Bool("update", false, "write the expected parts of the cases anew")

// A case is a file named by the behaviour that it shows, with these parts:
//
//	config.yaml  the MeshEnrollment; without it all pods are enrolled
//	form         how the input differs from what can be seen: crlf, bom, no-final-line-break
//	in.yaml      the input
//	cluster.yaml what is in the cluster already
//	diff         what changes, without context
//	results      the outcome of each pod and its findings; findings of severity info, all that a finding says, and
//	             verdicts, only in the cases that are about findings
//	error        in the place of the last two, the message
//
// The laws hold for each case.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c := readCase(t, file)
			c.whole = strings.HasPrefix(filepath.Base(file), "finding-") || strings.HasPrefix(filepath.Base(file), "report-")
			c.run(t)
			if *update && c.write(t, file) {
				t.Fatal("written anew: read it, then test again")
			}
			requireLaws(t, c.config(t), []byte(c.input()))
		})
	}
}

type testCase struct {
	comment []byte
	whole   bool // the results are shown as a whole
	parts   map[string]string
	got     map[string]string
}

func readCase(t *testing.T, file string) *testCase {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	c := &testCase{comment: archive.Comment, parts: map[string]string{}, got: map[string]string{}}
	for _, part := range archive.Files {
		c.parts[part.Name] = string(part.Data)
	}
	return c
}

func (c *testCase) config(t *testing.T) config.MeshEnrollment {
	t.Helper()
	text, ok := c.parts["config.yaml"]
	if !ok {
		return config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}
	}
	e, err := config.Decode([]byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n" + text))
	require.NoError(t, err)
	return e
}

func (c *testCase) input() string {
	text := strings.ReplaceAll(c.parts["in.yaml"], "→", "\t")
	for form := range strings.FieldsSeq(c.parts["form"]) {
		switch form {
		case "crlf":
			text = strings.ReplaceAll(text, "\n", "\r\n")
		case "bom":
			text = "\uFEFF" + text
		case "no-final-line-break":
			text = strings.TrimSuffix(text, "\n")
		default:
			panic("no such form: " + form)
		}
	}
	return text
}

func (c *testCase) run(t *testing.T) {
	t.Helper()
	e := c.config(t)
	result, out, err := transformIn(c.parts["cluster.yaml"], e, e.Spec.Mode, []byte(c.input()))
	if err != nil {
		c.got["error"] = err.Error() + "\n"
	} else {
		c.got["diff"], c.got["results"] = diffOf(t, c.input(), string(out)), resultsOf(result, c.whole)
	}
	if !*update {
		for _, part := range []string{"error", "results", "diff"} {
			require.Equal(t, c.parts[part], c.got[part], part)
		}
	}
}

// write stores what the case gives, and says whether that is new.
func (c *testCase) write(t *testing.T, file string) bool {
	archive := txtar.Archive{Comment: c.comment}
	changed := false
	for _, name := range []string{"config.yaml", "form", "in.yaml", "cluster.yaml", "diff", "results", "error"} {
		text := c.parts[name]
		if name == "diff" || name == "results" || name == "error" {
			changed = changed || text != c.got[name]
			text = c.got[name]
		}
		if _, had := c.parts[name]; text != "" || had && name == "in.yaml" {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	if changed {
		require.NoError(t, os.WriteFile(file, txtar.Format(&archive), 0o644))
	}
	return changed
}

func diffOf(t *testing.T, before, after string) string {
	t.Helper()
	show := func(text string) []string {
		lines := strings.SplitAfter(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "␍\n"), "\t", "→"), "\n")
		if last := len(lines) - 1; lines[last] == "" {
			return lines[:last]
		} else if lines[last] != "" {
			lines[last] += "⏏\n"
		}
		return lines
	}
	diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{A: show(before), B: show(after), Context: 1})
	require.NoError(t, err)
	return strings.TrimPrefix(diff, "--- \n+++ \n")
}

func resultsOf(result *outcome.Outcome, whole bool) string {
	var b strings.Builder
	for _, p := range result.Pods {
		fmt.Fprintf(&b, "%s %s", p.Outcome, p.Resource)
		if p.Role == outcome.Gateway {
			b.WriteString(" as a gateway")
		}
		if whole {
			b.WriteString(strings.TrimSuffix(fmt.Sprintf(", %s %s", p.Verdict, p.VerdictReason), " "))
			if p.MutualTLS != "" || len(p.MutualTLSPorts) > 0 {
				b.WriteString(strings.TrimSuffix(fmt.Sprintf(", mutual TLS %s %s", p.MutualTLS, labels.FormatLabels(p.MutualTLSPorts)), " <none>"))
			}
			for _, e := range p.Entries {
				if len(e.Selectors) > 1 {
					fmt.Fprintf(&b, ", registered by %s", strings.Join(e.Selectors, ", "))
				} else if whole && p.Verdict != outcome.SPIRE {
					b.WriteString(", registered")
				}
			}
		}
		for _, f := range p.Findings {
			if f.Severity != outcome.Info && !whole {
				b.WriteString("; " + placeOf(f))
			}
		}
		b.WriteString("\n")
		for _, f := range p.Findings {
			if whole {
				b.WriteString(wholeFinding(f))
			}
		}
	}
	for _, o := range result.Objects {
		fmt.Fprintf(&b, "%s %s\n", o.Outcome, o.Resource)
	}
	for _, f := range result.Input {
		if whole {
			b.WriteString("input\n" + wholeFinding(f))
		}
	}
	for _, f := range result.Findings {
		switch {
		case whole:
			fmt.Fprintf(&b, "%s\n%s", f.Resource, wholeFinding(f.Finding))
		case f.Severity != outcome.Info:
			fmt.Fprintf(&b, "%s: %s: %s\n", f.Resource, placeOf(f.Finding), f.Message)
		}
	}
	return b.String()
}

// wholeFinding is all that a user reads about a finding.
func wholeFinding(f outcome.Finding) string {
	severity := string(f.Severity)
	if f.Accepted {
		severity += " (accepted)"
	}
	return fmt.Sprintf("  %s %s: %s; %s\n", severity, placeOf(f), f.Message, f.Remedy)
}

func placeOf(f outcome.Finding) string {
	return strings.TrimSuffix(fmt.Sprintf("%s line %d %s", f.Reason, f.Line, f.Field), " ")
}
