package form_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/form"
)

// Each form has a name of its own, writes a report of anything, and knows it again: enmesh overwrites no file but reports.
func TestForms(t *testing.T) {
	reports := []report.Report{
		report.New(nil, nil),
		report.New(nil, errors.New("an error")),
		report.New(&outcome.Outcome{Pods: []outcome.Pod{{Entries: []outcome.Entry{{}}}}}, nil),
	}
	for _, severity := range []outcome.Severity{outcome.Error, outcome.Warning, outcome.Info} {
		f := outcome.Finding{Reason: "HostNetwork", Severity: severity}
		reports = append(reports, report.New(&outcome.Outcome{Input: []outcome.Finding{f}}, nil),
			report.New(&outcome.Outcome{Findings: []outcome.ObjectFinding{{Finding: f}}}, nil))
	}
	extensions := map[string]bool{}
	for _, name := range form.Names() {
		f := form.Named(name)
		require.Equal(t, name, f.Name)
		for _, extension := range f.Extensions {
			require.False(t, extensions[extension], "two forms have the extension %s", extension)
			extensions[extension] = true
			require.Same(t, f, form.OfFile("dir.x/file"+extension))
		}
		for _, r := range reports {
			text, err := f.Encode(r, false)
			require.NoError(t, err)
			require.True(t, form.IsReport(text), "%s:\n%s", name, text)
		}
	}
	require.Same(t, form.Table(), form.OfFile("mesh"))
	require.Same(t, form.Named("json"), form.OfFile("mesh.JSON"))
	require.Nil(t, form.OfFile("mesh.pdf"))
	require.Nil(t, form.Named("pdf"))
	require.Contains(t, form.Extensions(), ".json")
}

// A file of another program is no report, also if it has the form of one.
func TestIsReport(t *testing.T) {
	for _, text := range []string{"apiVersion: v1\nkind: Pod\n", "[]", "[]\n- a\n", "[\n  {\n    \"engine_name\": \"other\"", "::error file=a.yaml::it\n",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"other\">", "{\"version\": \"2.1.0\", \"runs\": []}\n", "\n"} {
		require.False(t, form.IsReport([]byte(text)), text)
	}
	require.True(t, form.IsReport(nil))
}
