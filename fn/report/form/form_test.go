package form_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/form"
)

// Each form has a name and an extension of its own, writes a report of anything, and knows it again: enmesh overwrites no file but reports.
func TestForms(t *testing.T) {
	empty, one := report.New(nil, nil), report.New(&outcome.Outcome{Pods: []outcome.Pod{{Entries: []outcome.Entry{{}}}}}, nil)
	for _, name := range form.Names() {
		f := form.Named(name)
		for _, extension := range f.Extensions {
			require.Same(t, f, form.OfFile("dir.x/file"+extension))
		}
		for _, r := range []report.Report{empty, one, report.New(nil, errors.New("an error"))} {
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
	require.False(t, form.IsReport([]byte("apiVersion: v1\nkind: Pod\n")))
}
