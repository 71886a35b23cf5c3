//go:build unix

// Command mutants measures the tests: it breaks the product in many small ways, one at a time, and runs the tests against
// each. A mutant that no test notices has survived, and shows a line that nothing holds.
//
//	make mutants
//	go run ./tests/mutants -n 40 -seed 7 -only 'fn/yamledit/'
//	go run ./tests/mutants -list -only 'krm/'
//
// A mutant is one edit of one file: a flipped comparison, a branch that is never taken, a deleted assignment (statement.go
// and expression.go list them). The sample is random by a seed, so that a run can be repeated. The edit reaches the
// compiler through -overlay: the tree is never changed. The tests of the mutant's own package run first, then those of the
// packages that use it, until one fails. A test that runs out of CPU time or memory has noticed, too. An edit that does not
// compile is no mutant.
//
// Not every survivor is a gap. Some edits change nothing that can be seen: the capacity of a slice, a cache that is never
// asked, a shortcut that saves time only.
//
// Exit status 0: the mutants were tried, whatever survived. 1: they could not be tried.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"time"
)

var (
	count   = flag.Int("n", 150, "how many mutants to try")
	seed    = flag.Uint64("seed", 1, "chooses the sample")
	jobs    = flag.Int("j", runtime.NumCPU(), "how many mutants to try at once")
	only    = flag.String("only", "", "mutate only files whose path matches this `regexp`")
	timeout = flag.Duration("timeout", time.Minute, "how much CPU time the tests of one package may take; one that takes more has noticed the mutant")
	list    = flag.Bool("list", false, "list the sample and try nothing")
	verbose = flag.Bool("v", false, "list killed mutants as well")
)

// product is what is mutated where no packages are named, and what is tested in any case.
var product = []string{"./fn/...", "./krm/...", "./postrender/..."}

func main() {
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: mutants [flags] [packages]\n\nRun it at the top of the repository.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, stdout io.Writer) error {
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = product
	}
	packages, err := load(ctx, patterns)
	if err != nil {
		return err
	}
	sample := draw(packages, match, *count, *seed)
	if *list {
		for _, m := range sample {
			fmt.Fprintln(stdout, m)
		}
		return nil
	}
	if len(sample) == 0 {
		return errors.New("no file to mutate")
	}
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	tests, err := newSuite(ctx, folder)
	if err != nil {
		return err
	}
	if err := tests.baseline(ctx); err != nil {
		return err
	}
	return try(ctx, tests, sample, stdout)
}

// try runs the tests against each mutant, several at once, and prints those that survive as they are found.
func try(ctx context.Context, tests *suite, sample []*mutant, stdout io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *mutant)
	var lock sync.Mutex
	verdicts := map[verdict]int{}
	var workers sync.WaitGroup
	for range max(1, *jobs) {
		workers.Go(func() {
			for m := range queue {
				v, err := tests.try(ctx, m)
				if err != nil {
					cancel(err)
					return
				}
				lock.Lock()
				verdicts[v]++
				switch {
				case *verbose:
					fmt.Fprintf(stdout, "%s: %s\n", v, m)
				case v == survived:
					fmt.Fprintln(stdout, m)
				}
				lock.Unlock()
			}
		})
	}
	for _, m := range sample {
		select {
		case queue <- m:
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	tried := verdicts[killed] + verdicts[survived]
	fmt.Fprintf(stdout, "mutants: %d tried, %d killed, %d survived (%d%%)\n",
		tried, verdicts[killed], verdicts[survived], 100*verdicts[killed]/cmp.Or(tried, 1))
	return nil
}
