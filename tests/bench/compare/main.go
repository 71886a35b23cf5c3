// Command compare runs the Go benchmarks of an older revision and of the files as they are, in turns, so that noise hits both alike, and
// lets benchstat compare them. It fails if a benchmark is slower.
//
//	make bench-compare BASE=main
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

var (
	base      = flag.String("base", "", "the `revision` to compare with")
	bench     = flag.String("bench", ".", "run the benchmarks that match this `regexp`")
	benchtime = flag.String("benchtime", "300ms", "how long each runs in a turn")
	count     = flag.Int("count", 6, "how many turns; benchstat needs 6 to be sure of anything")
	threshold = flag.Float64("threshold", 10, "fail if a benchmark is slower by so many `percent`")
	benchstat = flag.String("benchstat", "bin/benchstat", "the `program` that compares")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	if *base == "" {
		return errors.New("name a revision: make bench-compare BASE=main")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "enmesh-compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	checkout := filepath.Join(folder, "base")
	// The benchmarks look for rendered charts beside the repository.
	if err := os.Symlink(filepath.Join(filepath.Dir(root), "shared"), filepath.Join(folder, "shared")); err != nil {
		return err
	}
	if err := command(ctx, root, "git", "worktree", "add", "--quiet", "--detach", checkout, *base).Run(); err != nil {
		return fmt.Errorf("cannot check out %s: %w", *base, err)
	}
	defer func() { // also if ctx is done
		err = errors.Join(err, command(context.Background(), root, "git", "worktree", "remove", "--force", checkout).Run())
	}()
	old := &tree{root: checkout, results: filepath.Join(folder, "old.txt")}
	now := &tree{root: root, results: filepath.Join(folder, "new.txt")}
	for i, t := range []*tree{old, now} {
		if err := t.build(ctx, filepath.Join(folder, fmt.Sprint(i))); err != nil {
			return err
		}
	}
	for turn := range *count {
		fmt.Fprintf(os.Stderr, "turn %d of %d\n", turn+1, *count)
		for _, t := range []*tree{old, now} {
			if err := t.run(ctx); err != nil {
				return err
			}
		}
	}
	return compare(ctx, *base+"="+old.results, "now="+now.results)
}

// compare prints what benchstat says of the results, and fails if a benchmark is slower.
func compare(ctx context.Context, old, now string) error {
	if err := command(ctx, "", *benchstat, old, now).Run(); err != nil {
		return err
	}
	table := command(ctx, "", *benchstat, "-format", "csv", old, now)
	table.Stdout, table.Stderr = nil, nil // the notes, which are printed already
	text, err := table.Output()
	if err != nil {
		return err
	}
	rows, err := slower(text)
	if err != nil {
		return err
	}
	tooSlow := 0
	for _, r := range rows {
		fmt.Printf("slower than %s: %s %s, by %.1f %%\n", *base, r.pkg, r.name, r.percent)
		if r.percent >= *threshold {
			tooSlow++
		}
	}
	if tooSlow > 0 {
		return fmt.Errorf("benchmarks that are slower by %v %% or more: %d", *threshold, tooSlow)
	}
	if len(rows) == 0 {
		fmt.Println("nothing is slower than", *base)
	}
	return nil
}

func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	return c
}
