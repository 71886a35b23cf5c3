package ci

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/stream"
)

// Where a result is, row by row.
func TestLocate(t *testing.T) {
	for _, c := range []struct {
		place manifest.Place
		line  int
		want  location
	}{
		{manifest.Place{}, 0, location{}},
		{manifest.Place{Stream: "a.yaml", Line: 2}, 5, location{file: "a.yaml", line: 5}},
		{manifest.Place{Stream: "a.yaml", Source: "app/templates/a.yaml", Line: 2}, 5, location{"a.yaml", 5, "rendered from app/templates/a.yaml"}},
		{manifest.Place{Stream: "<stdin>", Source: "app/templates/a.yaml", Line: 2}, 5, location{"app/templates/a.yaml", 0, "line 5 of <stdin>"}},
		{manifest.Place{Stream: "<stdin>", Source: "app/templates/a.yaml"}, 0, location{file: "app/templates/a.yaml"}},
		{manifest.Place{Stream: "<./render.sh>", Line: 2}, 2, location{file: "<./render.sh>", line: 2}},
		{manifest.Place{Stream: "<stdin>"}, 0, location{file: "<stdin>"}},
	} {
		require.Equal(t, c.want, locate(report.Result{Place: c.place, Line: c.line}), "%v", c.place)
	}
}

// A file in the current folder has a relative name, however it was given, and any other the name that it was given.
func TestFileName(t *testing.T) {
	folder, err := os.Getwd()
	require.NoError(t, err)
	for name, want := range map[string]string{
		"a.yaml":                                 "a.yaml",
		"./b/../a.yaml":                          "a.yaml",
		"../a.yaml":                              "../a.yaml",
		filepath.Join(folder, "b", "a.yaml"):     "b/a.yaml",
		filepath.Join(folder, "..", "a.yaml"):    filepath.ToSlash(filepath.Join(filepath.Dir(folder), "a.yaml")),
		filepath.Join(folder+"-other", "a.yaml"): filepath.ToSlash(folder) + "-other/a.yaml",
		filepath.Join("b", "a.yaml"):             "b/a.yaml", // with a backslash on Windows
	} {
		require.Equal(t, want, fileName(name), name)
	}
}

func TestURI(t *testing.T) {
	for _, c := range []struct {
		file     string
		absolute bool
		want     string
	}{
		{"charts/web.yaml", false, "charts/web.yaml"},
		{"../web.yaml", false, "../web.yaml"},
		{"a b/100%/ü?#[x].yaml", false, "a%20b/100%25/%C3%BC%3F%23%5Bx%5D.yaml"},
		{"a:b.yaml", false, "./a:b.yaml"}, // otherwise a would be a scheme
		{`a\b.yaml`, false, "a%5Cb.yaml"}, // a name on Unix, where a backslash separates nothing
		{"a\n\xff.yaml", false, "a%0A%FF.yaml"},
		{"<stdin>", false, "%3Cstdin%3E"},
		{"/srv/web.yaml", true, "file:///srv/web.yaml"},
		{"C:/charts/a b.yaml", true, "file:///C:/charts/a%20b.yaml"},
	} {
		require.Equal(t, c.want, newURI(c.file, c.absolute), c.file)
	}
}

// What is about the input as a whole is at its first file.
func TestInput(t *testing.T) {
	of := func(names ...string) string {
		out := &outcome.Outcome{}
		for _, name := range names {
			out.Edits = append(out.Edits, outcome.Edits{Stream: stream.Stream{Name: name}})
		}
		return input(report.New(out, nil)).file
	}
	require.Equal(t, "a.yaml", of("./a.yaml", "b.yaml"))
	require.Equal(t, "<stdin>", of("<stdin>"))
	require.Empty(t, of())
	require.Empty(t, input(report.New(nil, nil)))
}
