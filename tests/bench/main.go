//go:build unix

// Command bench measures the built enmesh and enmesh-fn: beside yq, kustomize and a function on kyaml's framework, which make a part of the
// same edit (one label on every pod); the same objects in other forms than a stream; memory; and what it costs to start. enmesh adds two
// labels and an annotation, checks its own work and keeps the formatting. Times differ from machine to machine, so read the ratios; on a
// busy machine, those of the CPU time. Behind each number stands what is wanted of it (target.go), and in the end the table for the README.
//
//	make bench
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

var (
	enmesh    = flag.String("enmesh", "bin/enmesh", "the `program` to measure")
	enmeshFn  = flag.String("enmesh-fn", "bin/enmesh-fn", "the KRM `function` to measure")
	yq        = flag.String("yq", "bin/yq", "a peer")
	kustomize = flag.String("kustomize", "bin/kustomize", "a peer")
	corpus    = flag.String("corpus", "../shared/corpus", "a `folder` of rendered charts; without it a stream is generated")
	runs      = flag.Int("runs", 9, "how often to run each")
	only      = flag.String("only", "", "measure only what matches this `regexp`: peers, lists, kubectl, framework, files, programs, pod-free, scaling")
	largest   = flag.Int("largest", 100, "the largest stream in `MB`")
)

const megabyte = 1e6

func main() {
	if len(os.Args) == 2 && os.Args[1] == frameworkCommand {
		framework()
		return
	}
	flag.Parse()
	folder, err := os.MkdirTemp("", "enmesh-bench")
	if err == nil {
		err = (&bench{folder: folder, results: results{}}).run()
		os.RemoveAll(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of this program.
type bench struct {
	folder  string // for the inputs
	results results
}

func (b *bench) run() error {
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	uptime, _ := exec.Command("uptime").Output()
	_, load, _ := strings.Cut(strings.TrimSpace(string(uptime)), "load")
	fmt.Printf("%d cores, %s, %s/%s; before the run, load%s\n", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, load)
	for _, m := range []struct {
		name string
		run  func() error
	}{{"peers", b.peers}, {"lists", b.lists}, {"kubectl", b.kubectl}, {"framework", b.framework}, {"files", b.files}, {"programs", b.programs},
		{"pod-free", b.podFree}, {"scaling", b.scaling}} {
		if !match.MatchString(m.name) {
			continue
		}
		fmt.Println()
		if err := m.run(); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Println("\nThe table of the README; what is missed is bold, and of several inputs the worst counts:")
	b.results.markdown(os.Stdout)
	return nil
}
