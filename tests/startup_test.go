package tests

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The programs are small enough to be downloaded by every job of a CI system.
func TestSize(t *testing.T) {
	for _, program := range []string{enmesh, enmeshFn} {
		info, err := os.Stat(program)
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(8<<20), program)
	}
}

// Before enmesh reads its input it does little: its packages compile no regular expression and build no large table when they are
// initialized. Helm starts the program for each release, most of which are small. Memory stands for time here, as it is the same each time.
func TestInitialization(t *testing.T) {
	cmd := exec.Command(enmesh, "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	total := 0
	for _, m := range regexp.MustCompile(`(?m)^init (enmesh\.dev/\S+) .* (\d+) bytes`).FindAllStringSubmatch(run(t, cmd).stderr, -1) {
		size, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		require.Less(t, size, 8<<10, m[1])
		total += size
	}
	require.Greater(t, total, 1<<10)
	require.Less(t, total, 40<<10)
}
