package fn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// FuzzTransform holds the laws on any text.
func FuzzTransform(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	require.NoError(f, err)
	for _, file := range files {
		archive, err := os.ReadFile(file)
		require.NoError(f, err)
		_, input, _ := strings.Cut(string(archive), "-- in.yaml --\n")
		input, _, _ = strings.Cut(input, "\n-- ")
		for i := range 3 {
			f.Add([]byte(input), byte(i))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, which byte) {
		requireLaws(t, enrollments()[[]string{"marks", "all", "full"}[which%3]], text)
	})
}

// Hostile inputs end in an output or an error, in memory that is bounded by their size.
func TestHostile(t *testing.T) {
	deployment := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    metadata:\n      labels: "
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	merges := "m0: &m0 {x: y}\n"
	for i := '1'; i <= '9'; i++ {
		bomb += "a" + string(i) + ": &a" + string(i) + " [" + strings.Repeat("*a"+string(i-1)+",", 9) + "]\n"
		merges += "m" + string(i) + ": &m" + string(i) + " {<<: [" + strings.Repeat("*m"+string(i-1)+",", 9) + "]}\n"
	}
	for name, text := range map[string]string{
		"alias bomb":       bomb + deployment + "{app: web}\n",
		"merge bomb":       merges + deployment + "{<<: [*m9, *m8]}\n",
		"circular alias":   "kind: List\napiVersion: v1\nitems: &i\n- kind: List\n  apiVersion: v1\n  items: *i\n",
		"circular merge":   deployment + "&l {<<: *l}\n",
		"long line":        deployment + "{app: " + strings.Repeat("x", 1<<20) + "}\n",
		"long block":       deployment + "{app: web}\n    spec:\n      x: |\n" + strings.Repeat("        - y\n", 100_000),
		"deep flow":        deployment + strings.Repeat("{a: ", 5_000) + strings.Repeat("}", 5_000) + "\n",
		"maps for keys":    deployment + strings.Repeat("{", 60) + strings.Repeat("}", 60) + "\n",
		"deep block":       deployment + "\n" + deep(500),
		"many documents":   strings.Repeat("---\n", 200_000),
		"many keys":        deployment + "\n" + strings.Repeat("        app: web\n", 20_000),
		"nulls":            strings.Repeat("\x00", 10_000),
		"invalid UTF-8":    deployment + "{app: \xff}\n",
		"only separators":  "---\n...\n---\n%YAML 1.2\n",
		"unclosed":         deployment + "{app: 'web",
		"lone CR":          strings.ReplaceAll(deployment+"{app: web}\n---\n"+deployment+"{}\n", "\n", "\r"),
		"anchors, unknown": deployment + "*x\n---\n" + deployment + "{a: *y, b: *z}\n",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, e := range enrollments() {
				result, _, err := transform(e, config.Enroll, []byte(text))
				if err != nil {
					requirePlace(t, err)
				} else {
					require.NotNil(t, result)
				}
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20+600*len(text)), "memory")
		})
	}
}

func deep(n int) string {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(strings.Repeat(" ", 8+i) + "a:\n")
	}
	return b.String()
}
