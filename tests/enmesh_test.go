// Package tests drives the built enmesh from end to end: on its own, and as a post-renderer of real Helm 3 and Helm 4.
//
// The tools are looked for in bin/ (`make tools` builds them) and on the PATH; a test that misses one skips. Charts are
// of our own writing (charts/). What a chart gains is held in testdata/<helm>/<chart>.diff: the lines added. `go test ./tests -update` writes these files anew, and fails once so that it is seen.
package tests

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the expected files anew")

// root is the repository's; enmesh and enmeshFn are the binaries under test, in one folder.
var root, enmesh, enmeshFn string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "enmesh")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if root, err = filepath.Abs(".."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	enmesh, enmeshFn = filepath.Join(dir, "enmesh"), filepath.Join(dir, "enmesh-fn")
	for binary, source := range map[string]string{enmesh: "./postrender/enmesh", enmeshFn: "./krm/enmesh-fn"} {
		build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, source)
		build.Dir, build.Stderr = root, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "cannot build", source, err)
			return 1
		}
	}
	return m.Run()
}

// result is what a command left behind.
type result struct {
	stdout, stderr string
	status         int
}

// run runs a command to its end.
func run(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// output runs a command that must succeed, and returns what it wrote to stdout.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	r := run(t, cmd)
	require.Zero(t, r.status, "%s\n%s", cmd, r.stderr)
	return r.stdout
}

// tool finds a program that `make tools` builds, or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	if path := filepath.Join(root, "bin", name); isFile(path) {
		return path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is neither in bin/ nor on the PATH: make tools", name)
	}
	return path
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// read gives a file below tests/.
func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

// requireInsertions holds that after is before plus what was inserted, and that this is what was expected.
func requireInsertions(t *testing.T, expected, before, after string) {
	t.Helper()
	got, pure := insertions(before, after)
	require.True(t, pure, "something was changed or lost\n--- before\n%s\n--- after\n%s", before, after)
	file := filepath.Join("testdata", expected)
	if wanted, err := os.ReadFile(file); *update && (err != nil || string(wanted) != got) {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		t.Fatalf("%s written anew: read it, then test again", file)
	}
	require.Equal(t, read(t, file), got)
}

// insertions gives the lines that after has and before has not, each run led by the line above it and each document
// by its `# Source:` line. It reports false where before's bytes are not all in after, in order: a line may only have
// become longer, and only where it holds a collection in flow style.
func insertions(before, after string) (string, bool) {
	old := slices.Collect(strings.Lines(before))
	var diff strings.Builder
	source, above, adding := "", "", false
	for line := range strings.Lines(after) {
		if len(old) > 0 && line == old[0] {
			old, above, adding = old[1:], line, false
			if strings.HasPrefix(line, "# Source: ") {
				source = line
			}
			continue
		}
		diff.WriteString(source)
		if len(old) > 0 && grown(old[0], line) {
			diff.WriteString("-" + old[0])
			old = old[1:]
		} else if !adding {
			diff.WriteString(" " + above)
		}
		diff.WriteString("+" + line)
		source, adding = "", true
	}
	return diff.String(), len(old) == 0
}

// grown tells whether line is old with something inserted.
func grown(old, line string) bool {
	common := 0
	for common < min(len(old), len(line)) && old[common] == line[common] {
		common++
	}
	return strings.ContainsAny(old, "{[") && strings.HasSuffix(line[common:], old[common:])
}
