package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// tree is a checkout of the product, and the benchmarks in it.
type tree struct {
	root     string
	results  string // the file that their results are added to
	packages []program
}

// program is the test program of a package, and the folder that it runs in.
type program struct{ folder, file string }

var benchmark = regexp.MustCompile(`(?m)^func Benchmark`)

// build builds the test programs of the packages that have benchmarks.
func (t *tree) build(ctx context.Context, to string) error {
	var folders []string
	for _, top := range []string{"fn", "krm", "postrender"} {
		err := filepath.WalkDir(filepath.Join(t.root, top), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			if folder := filepath.Dir(name); benchmark.Match(text) && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for i, folder := range folders {
		p := program{folder, filepath.Join(to, fmt.Sprint(i, ".test"))}
		if err := command(ctx, folder, "go", "test", "-c", "-o", p.file, ".").Run(); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		t.packages = append(t.packages, p)
	}
	return nil
}

// run runs the benchmarks once.
func (t *tree) run(ctx context.Context) error {
	results, err := os.OpenFile(t.results, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer results.Close()
	for _, p := range t.packages {
		c := command(ctx, p.folder, p.file, "-test.run", "^$", "-test.bench", *bench, "-test.benchtime", *benchtime, "-test.benchmem")
		c.Stdout = results
		if err := c.Run(); err != nil {
			return fmt.Errorf("the benchmarks in %s: %w", p.folder, err)
		}
	}
	return nil
}
