//go:build unix

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The README's table has the rows that this program prints, and says what is wanted as it does. The numbers are those of some machine.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(readme), "<!-- speed -->\n")
	table, _, ok := strings.Cut(table, "<!-- end of speed -->")
	require.True(t, ok)
	r, printed := results{}, strings.Builder{}
	for _, target := range targets {
		r.add(target.key, target.wanted)
	}
	r.markdown(&printed)
	require.Equal(t, withoutNumbers(t, printed.String()), withoutNumbers(t, table))
}

// withoutNumbers leaves the column of what was measured out of a table.
func withoutNumbers(t *testing.T, table string) (rows []string) {
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		require.Len(t, cells, 3, line)
		rows = append(rows, cells[0]+" | "+cells[2])
	}
	return rows
}

// Of several inputs, the worst counts.
func TestWorst(t *testing.T) {
	r := results{}
	require.Equal(t, "40x, wanted ≥ 35x: yes", r.add("yq", 40))
	require.Equal(t, "34x, wanted ≥ 35x: NO", r.add("yq", 34))
	r.add("yq", 50)
	require.Equal(t, 34.0, r["yq"])
	r.add("start-up", 5)
	require.Equal(t, "6.1 ms, wanted ≤ 6 ms: NO", r.add("start-up", 6.1))
	r.add("start-up", 4)
	require.Equal(t, 6.1, r["start-up"])
	var b strings.Builder
	r.markdown(&b)
	require.Contains(t, b.String(), "| start-up | **6.1 ms** | ≤ 6 ms |\n")
}
