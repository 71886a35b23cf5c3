package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
)

// What --explain says of each reason is written down, so that a change of it is seen.
func TestExplain(t *testing.T) {
	const golden = "testdata/explain.txt"
	var said strings.Builder
	for _, reason := range fn.Reasons() {
		r := call(nil, nil, "--explain", string(reason))
		require.Equal(t, done, r.status)
		said.WriteString(r.stdout + "\n")
	}
	if os.Getenv("ENMESH_UPDATE") != "" {
		require.NoError(t, os.WriteFile(golden, []byte(said.String()), 0o644))
	}
	require.Equal(t, string(text(t, golden)), said.String())
}
