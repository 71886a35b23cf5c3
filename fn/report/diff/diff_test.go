package diff

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// A diff is right when it makes the output of the input, with every line in its place.
func TestDiffApplies(t *testing.T) {
	numbers := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n"
	for _, c := range []struct {
		name  string
		edits outcome.Edits
		hunks int
	}{
		{"nothing", edits("a\n"), 0},
		{"nothing new", edits("a\nb\n", outcome.Edit{Start: 2, End: 3, Text: "b"}), 0},
		{"insertion", edits("a\nb\nc\n", outcome.Edit{Start: 3, End: 3, Text: "\nx\ny"}), 1},
		{"within a line", edits("a\nb: {}\nc\n", outcome.Edit{Start: 6, End: 6, Text: "x: y"}), 1},
		{"twice within a line", edits("a: {b: {}}\n", outcome.Edit{Start: 8, End: 8, Text: "x"}, outcome.Edit{Start: 9, End: 9, Text: ", y"}), 1},
		{"at the start", edits("a\nb\n", outcome.Edit{Start: 0, End: 0, Text: "x\n"}), 1},
		{"at the end", edits("a\nb\n", outcome.Edit{Start: 4, End: 4, Text: "x\n"}), 1},
		{"into nothing", edits("", outcome.Edit{Text: "x\n"}), 1},
		{"no final line break", edits("a\nb", outcome.Edit{Start: 3, End: 3, Text: "\nx"}, outcome.Edit{Start: 3, End: 3, Text: "\ny"}), 1},
		{"no final line break, far away", edits(numbers+"a", outcome.Edit{Start: 0, End: 0, Text: "x\n"}), 1},
		{"no final line break, near", edits("a\nb\nc", outcome.Edit{Start: 0, End: 0, Text: "x\n"}), 1},
		{"gains the line break", edits("a\nb", outcome.Edit{Start: 3, End: 3, Text: "\n"}), 1},
		{"loses the line break", edits("a\nb\n", outcome.Edit{Start: 3, End: 4}), 1},
		{"replacement", edits("a\nb\nc\nd\n", outcome.Edit{Start: 2, End: 6, Text: "B"}), 1},
		{"removal of lines", edits("a\nb\nc\nd\n", outcome.Edit{Start: 2, End: 6}), 1},
		{"removal of the end", edits("a\nb\nc", outcome.Edit{Start: 1, End: 5}), 1},
		{"removal of all", edits("a\n", outcome.Edit{Start: 0, End: 2}), 1},
		{"CRLF", edits("a\r\nb\r\n", outcome.Edit{Start: 4, End: 4, Text: "\r\nx"}), 1},
		{"six lines between", edits(numbers, outcome.Edit{Start: 2, End: 2, Text: "x\n"}, outcome.Edit{Start: 14, End: 14, Text: "y\n"}), 1},
		{"seven lines between", edits(numbers, outcome.Edit{Start: 2, End: 2, Text: "x\n"}, outcome.Edit{Start: 16, End: 16, Text: "y\n"}), 2},
		{"many", edits(strings.Repeat(numbers, 3), outcome.Edit{Start: 2, End: 4, Text: ""}, outcome.Edit{Start: 33, End: 33, Text: "x\ny\n"},
			outcome.Edit{Start: 60, End: 64, Text: "z\n"}, outcome.Edit{Start: 99, End: 99, Text: "\nend"}), 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want, diff bytes.Buffer
			_, err := c.edits.WriteTo(&want)
			require.NoError(t, err)
			require.NoError(t, Write(&diff, []outcome.Edits{c.edits}, nil, false))
			require.Equal(t, c.hunks, strings.Count("\n"+diff.String(), "\n@@ "), diff.String())
			require.Equal(t, want.String(), patched(t, string(c.edits.Stream.Bytes), diff.String()), diff.String())
		})
	}
}

// patched applies a unified diff as strictly as can be: each hunk at its very line, each of its old lines there.
func patched(t *testing.T, text, diff string) string {
	t.Helper()
	if diff == "" {
		return text
	}
	old, lines := lines(text), lines(diff)
	var out []string
	at := 0
	for i := 2; i < len(lines); { // below the file's names
		var oldStart, oldLen, newStart, newLen int
		_, err := fmt.Sscanf(lines[i], "@@ -%d,%d +%d,%d @@", &oldStart, &oldLen, &newStart, &newLen)
		require.NoError(t, err, lines[i])
		start := oldStart
		if oldLen > 0 {
			start--
		}
		require.GreaterOrEqual(t, start, at)
		out = append(out, old[at:start]...)
		at = start
		if newLen > 0 {
			newStart--
		}
		require.Equal(t, newStart, len(out), "the place of the hunk in the new text")
		above := len(out)
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], "@@ "); i++ {
			line := lines[i][1:]
			if i+1 < len(lines) && strings.HasPrefix(lines[i+1], `\`) {
				require.Equal(t, "\\ No newline at end of file\n", lines[i+1])
				line = strings.TrimSuffix(line, "\n")
			}
			switch lines[i][0] {
			case ' ', '-':
				require.Equal(t, old[at], line)
				at++
			}
			switch lines[i][0] {
			case ' ', '+':
				out = append(out, line)
			}
		}
		require.Equal(t, oldLen, at-start)
		require.Equal(t, newLen, len(out)-above)
	}
	return strings.Join(append(out, old[at:]...), "")
}

func lines(text string) []string {
	return slices.Collect(strings.Lines(text))
}

// A hunk's heading names the object that it is in.
func TestDiffHeadings(t *testing.T) {
	text := strings.Repeat("-\n", 40)
	pod := func(stream, name string, line int) outcome.Pod {
		return outcome.Pod{Resource: manifest.ResourceRef{Kind: "Pod", Name: name}, Place: manifest.Place{Stream: stream, Line: line}}
	}
	at := func(line int, name string) outcome.Edit {
		return outcome.Edit{Start: 2 * line, End: 2 * line, Text: name + "\n"}
	}
	two := edits(text, at(20, "two"))
	two.Stream.Name = "second one.yaml"
	var diff bytes.Buffer
	require.NoError(t, Write(&diff, []outcome.Edits{edits(text, at(1, "none"), at(12, "in a"), at(26, "in c"), at(39, "in c")), two},
		[]outcome.Pod{pod("text", "a", 3), pod("text", "b", 14), pod("text", "c", 15), pod("second one.yaml", "d", 1)}, false))
	var heads []string
	for line := range strings.Lines(diff.String()) {
		if strings.HasPrefix(line, "@@ ") || strings.HasPrefix(line, "+++") {
			heads = append(heads, line)
		}
	}
	require.Equal(t, []string{"+++ text\n", "@@ -1,4 +1,5 @@\n", "@@ -10,6 +11,7 @@ Pod a\n", "@@ -24,6 +26,7 @@ Pod c\n", "@@ -37,4 +40,5 @@ Pod c\n",
		"+++ second one.yaml\t\n", "@@ -18,6 +18,7 @@ Pod d\n"}, heads)
}

// A part shows no lines of other documents around its changes.
func TestPartsStayInTheirDocument(t *testing.T) {
	change := edits("a\n---\nb\nc\n---\nd\n", outcome.Edit{Start: 8, End: 8, Text: "x\n"}, outcome.Edit{Start: 10, End: 10, Text: "---\nnew\n"})
	parts := slices.Collect(Parts(change, []int{1, 3}))
	require.Len(t, parts, 1)
	require.Len(t, parts[0].Hunks, 1)
	h := parts[0].Hunks[0]
	var shown string
	for _, line := range h.Lines {
		shown += string(line.Mark) + string(line.Text)
	}
	require.Equal(t, " b\n+x\n c\n ---\n+new\n+---\n", shown)
	require.Equal(t, []int{3, 3}, []int{h.Line, h.NewLine})
}

func edits(text string, list ...outcome.Edit) outcome.Edits {
	return outcome.Edits{Stream: stream.Stream{Name: "text", Bytes: []byte(text)}, List: list}
}

// In colour, a diff has the lines that it has without, each in the colour that git gives it.
func TestDiffInColour(t *testing.T) {
	change := []outcome.Edits{edits("a\nb", outcome.Edit{Start: 0, End: 1, Text: "x"})}
	var plain, coloured bytes.Buffer
	require.NoError(t, Write(&plain, change, nil, false))
	require.NoError(t, Write(&coloured, change, nil, true))
	require.Contains(t, coloured.String(), "\x1b[31m-a\x1b[0m\n\x1b[32m+x\x1b[0m\n b\n")
	require.Equal(t, plain.String(), regexp.MustCompile(`\x1b\[[0-9]+m|\x1b\[m`).ReplaceAllString(coloured.String(), ""))
}

// Each object has its own changes, also where the lines around them meet. What is added after an object belongs to it.
func TestParts(t *testing.T) {
	change := edits(strings.Repeat("-\n", 9), outcome.Edit{Text: "above\n"}, outcome.Edit{Start: 4, End: 4, Text: "one\n"}, outcome.Edit{Start: 6, End: 7, Text: "last of one"},
		outcome.Edit{Start: 8, End: 8, Text: "after one\n"}, outcome.Edit{Start: 10, End: 11, Text: "two"}, outcome.Edit{Start: 18, End: 18, Text: "after three\n"})
	var got []string
	for part := range Parts(change, []int{2, 5, 7, 7}) {
		text := fmt.Sprintf("%d +%d -%d:", part.Object, part.Count(Added), part.Count(Removed))
		for _, h := range part.Hunks {
			for _, line := range h.Lines {
				if line.Mark == Added {
					text += " " + strings.TrimSpace(string(line.Text))
				}
			}
		}
		got = append(got, text)
	}
	require.Equal(t, []string{"-1 +1 -0: above", "0 +3 -1: one last of one after one", "1 +1 -1: two", "3 +1 -0: after three"}, got)
	for stop := range got { // a caller may stop early
		seen := 0
		for range Parts(change, []int{2, 5, 7, 7}) {
			if seen++; seen > stop {
				break
			}
		}
		require.Equal(t, stop+1, seen)
	}
	require.Empty(t, slices.Collect(Parts(edits("a\n"), nil)))
}
