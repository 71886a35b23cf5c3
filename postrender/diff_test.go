package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
)

// A diff is right when patch(1) makes the output of the input with it.
func TestDiffPatches(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	for name, c := range map[string]fn.Edits{
		"insertion":            edits("a\nb\nc\n", fn.Edit{Start: 3, End: 3, Text: "\nx\ny"}),
		"at the start":         edits("a\nb\n", fn.Edit{Start: 0, End: 0, Text: "x\n"}),
		"no final line break":  edits("a\nb", fn.Edit{Start: 3, End: 3, Text: "\nx"}, fn.Edit{Start: 3, End: 3, Text: "\ny"}),
		"gains the line break": edits("a\nb", fn.Edit{Start: 3, End: 3, Text: "\n"}),
		"replacement":          edits("a\nb\nc\nd\n", fn.Edit{Start: 2, End: 6, Text: "B"}),
		"removal of lines":     edits("a\nb\nc\nd\n", fn.Edit{Start: 2, End: 6}),
		"removal of the end":   edits("a\nb\nc", fn.Edit{Start: 1, End: 5}),
		"near": edits("1\n2\n3\n4\n5\n6\n7\n8\n9\n", fn.Edit{Start: 1, End: 1, Text: "\nx"}, fn.Edit{Start: 3, End: 3, Text: "\ny"},
			fn.Edit{Start: 13, End: 13, Text: "\nz"}),
		"far":       edits("1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n6\n7\n", fn.Edit{Start: 1, End: 1, Text: "\nx"}, fn.Edit{Start: 27, End: 29}),
		"all of it": edits("a\n", fn.Edit{Start: 0, End: 2}),
	} {
		t.Run(name, func(t *testing.T) {
			var want, diff bytes.Buffer
			_, err := c.WriteTo(&want)
			require.NoError(t, err)
			require.NoError(t, writeDiff(&diff, []fn.Edits{c}))

			file := filepath.Join(t.TempDir(), "text")
			require.NoError(t, os.WriteFile(file, c.Stream.Bytes, 0o644))
			patch := exec.Command("patch", "--fuzz=0", file)
			patch.Stdin = &diff
			output, err := patch.CombinedOutput()
			require.NoError(t, err, "%s", output)
			got, err := os.ReadFile(file)
			if os.IsNotExist(err) { // patch removes what becomes empty
				err = nil
			}
			require.NoError(t, err)
			require.Equal(t, want.String(), string(got))
		})
	}
}

func edits(text string, list ...fn.Edit) fn.Edits {
	return fn.Edits{Stream: fn.Stream{Name: "text", Bytes: []byte(text)}, List: list}
}
