package postrender

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// Streams come out one behind the other, each document by itself, and nothing is put between them without need.
func TestWriteStreams(t *testing.T) {
	for _, c := range []struct {
		name    string
		streams []string
		want    string
	}{
		{"nothing", nil, ""},
		{"one", []string{"a: b"}, "a: b"},
		{"two", []string{"a: b\n", "c: d\n"}, "a: b\n---\nc: d\n"},
		{"no line break", []string{"a: b", "c: d"}, "a: b\n---\nc: d"},
		{"a separator is there", []string{"a: b", "---\nc: d\n"}, "a: b\n---\nc: d\n"},
		{"a separator is all", []string{"a: b\n", "---"}, "a: b\n---"},
		{"one character", []string{"a: b\n", "c"}, "a: b\n---\nc"},
		{"with a comment", []string{"a: b\n", "--- # two\nc: d\n"}, "a: b\n--- # two\nc: d\n"},
		{"with CRLF", []string{"a: b\r\n", "---\r\nc: d\r\n"}, "a: b\r\n---\r\nc: d\r\n"},
		{"below a comment", []string{"a: b\n", "# Source: x\n---\nc: d\n"}, "a: b\n# Source: x\n---\nc: d\n"},
		{"no separator", []string{"a: b\n", "---c: d\n"}, "a: b\n---\n---c: d\n"},
		{"directive", []string{"a: b\n", "# two\n%YAML 1.2\n---\nc: d\n"}, "a: b\n...\n# two\n%YAML 1.2\n---\nc: d\n"},
		{"byte order mark", []string{"a: b\n", "\uFEFF---\nc: d\n"}, "a: b\n---\n\uFEFF---\nc: d\n"},
		{"empty at the start", []string{"", "c: d\n"}, "c: d\n"},
		{"blank at the start", []string{"  ", "c: d\n"}, "  \nc: d\n"},
		{"empty in between", []string{"a: b", "", "c: d"}, "a: b\n---\nc: d"},
		{"blank in between", []string{"a: b", "\n", "c: d"}, "a: b\n\n---\nc: d"},
		{"comment in between", []string{"a: b", "# no more", "c: d"}, "a: b\n# no more\n---\nc: d"},
		{"empty at the end", []string{"a: b", ""}, "a: b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var edits []outcome.Edits
			for _, text := range c.streams {
				edits = append(edits, outcome.Edits{Stream: stream.Stream{Bytes: []byte(text)}})
			}
			require.Equal(t, c.want, written(t, edits, false))
		})
	}
}

// Helm 4 refuses blank output, so it gets a comment: where that is what comes out, whatever went in.
func TestBlankOutput(t *testing.T) {
	comment := "# enmesh: no resources\n"
	require.Equal(t, comment, written(t, nil, true))
	require.Equal(t, " \n"+comment, written(t, []outcome.Edits{edits(" \n")}, true))
	require.Equal(t, comment, written(t, []outcome.Edits{edits("a: b\n", outcome.Edit{Start: 0, End: 5})}, true))
	require.Equal(t, "a: b\n", written(t, []outcome.Edits{edits("", outcome.Edit{Text: "a: b\n"})}, true))
	require.Equal(t, "# a\n", written(t, []outcome.Edits{edits("# a\n")}, true))
	require.Equal(t, "\n", written(t, []outcome.Edits{edits("\n")}, false))
}

func written(t *testing.T, edits []outcome.Edits, helm4 bool) string {
	t.Helper()
	var b bytes.Buffer
	out := bufio.NewWriter(&b)
	require.NoError(t, writeStreams(out, edits, helm4))
	require.NoError(t, out.Flush())
	return b.String()
}

func edits(text string, list ...outcome.Edit) outcome.Edits {
	return outcome.Edits{Stream: stream.Stream{Name: "text", Bytes: []byte(text)}, List: list}
}
