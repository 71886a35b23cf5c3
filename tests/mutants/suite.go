//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// verdict is what became of a mutant.
type verdict string

const (
	killed   verdict = "killed"
	survived verdict = "survived"
	invalid  verdict = "does not compile" // What the type checker takes and the compiler refuses is rare.
)

// suite runs the tests, and knows which of them use which packages.
type suite struct {
	folder string // for what is made here
	tests  []test
}

type test struct {
	path string
	uses map[string]bool
}

func newSuite(ctx context.Context, folder string) (*suite, error) {
	packages, err := goList(ctx, append([]string{"-test"}, product...))
	if err != nil {
		return nil, err
	}
	s := &suite{folder: folder}
	for _, p := range packages {
		path, isTest := strings.CutSuffix(p.ImportPath, ".test")
		if !isTest {
			continue
		}
		t := test{path, map[string]bool{}}
		for _, dependency := range p.Deps {
			t.uses[plainPath(dependency)] = true
		}
		s.tests = append(s.tests, t)
	}
	return s, nil
}

// baseline: the tests pass without any mutant, or they would kill each. It also fills the build cache.
func (s *suite) baseline(ctx context.Context) error {
	for _, t := range s.tests {
		if v, output, err := s.test(ctx, t.path); err != nil {
			return err
		} else if v != survived {
			return fmt.Errorf("the tests fail without any mutant:\n%s", output[:min(len(output), 4000)])
		}
	}
	return nil
}

// try runs the tests that use the mutant's package, its own first, until one fails.
func (s *suite) try(ctx context.Context, m *mutant) (verdict, error) {
	folder, err := os.MkdirTemp(s.folder, "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	changed, overlay := filepath.Join(folder, "mutant.go"), filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(changed, m.apply(), 0o644); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{m.file.full: changed}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		return "", err
	}
	tests := slices.DeleteFunc(slices.Clone(s.tests), func(t test) bool { return !t.uses[m.source.path] })
	slices.SortStableFunc(tests, func(a, b test) int { return later(a, m) - later(b, m) })
	for _, t := range tests {
		v, _, err := s.test(ctx, t.path, "-overlay", overlay)
		if err != nil || v != survived {
			return v, err
		}
	}
	return survived, nil
}

func later(t test, m *mutant) int {
	if t.path == m.source.path {
		return 0
	}
	return 1
}

// limits of a test: its CPU time in seconds, for a busy machine stretches any other; and 4 GB of address space, for a mutant
// that never stops to append would take the whole machine's memory.
const limits = `sh -c 'ulimit -t %d; ulimit -v 4194304 2>/dev/null; exec "$0" "$@"'`

// patience is how many times the CPU time may pass on the clock before a test counts as stuck.
const patience = 5

// building is how long the compiler and the linker may take.
const building = 10 * time.Minute

// test runs the tests of one package.
func (s *suite) test(ctx context.Context, path string, arguments ...string) (verdict, []byte, error) {
	stuck, cancel := context.WithTimeout(ctx, patience**timeout+building)
	defer cancel()
	cmd := command(stuck, slices.Concat([]string{"test", "-count=1", "-failfast", "-vet=off", "-ldflags=-s -w",
		fmt.Sprint("-timeout=", patience**timeout), fmt.Sprint("-p=", max(1, runtime.NumCPU()/max(1, *jobs))),
		"-exec", fmt.Sprintf(limits, int(timeout.Seconds()))}, arguments, []string{path})...)
	cmd.Env = append(cmd.Environ(), "GOTMPDIR="+s.folder)
	output, err := cmd.CombinedOutput()
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	case err == nil:
		return survived, nil, nil
	case stuck.Err() != nil:
		return killed, output, nil
	case !errors.As(err, &exit):
		return "", nil, err
	case bytes.Contains(output, []byte("[build failed]")) || bytes.Contains(output, []byte("[setup failed]")):
		return invalid, output, nil
	case bytes.Contains(output, []byte("\nFAIL\t"+path)) || bytes.HasPrefix(output, []byte("FAIL\t"+path)):
		return killed, output, nil
	}
	return "", nil, fmt.Errorf("go test %s: %s", path, bytes.TrimSpace(output))
}

// command is a go command that dies together with all that it started.
func command(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}
