//go:build unix

// Command bench measures the built enmesh, and runs it beside yq and kustomize, which make a part of the same edit:
// one label on every pod. enmesh adds two labels and an annotation, checks its own work and keeps the formatting. Times
// differ from machine to machine, so read the ratios; on a busy machine, those of the CPU time.
//
//	make bench
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

var (
	enmesh    = flag.String("enmesh", "bin/enmesh", "the `program` to measure")
	enmeshFn  = flag.String("enmesh-fn", "bin/enmesh-fn", "the KRM `function` to measure")
	yq        = flag.String("yq", "bin/yq", "a peer")
	kustomize = flag.String("kustomize", "bin/kustomize", "a peer")
	corpus    = flag.String("corpus", "../shared/corpus", "a `folder` of rendered charts; without it a stream is generated")
	runs      = flag.Int("runs", 9, "how often to run each")
	only      = flag.String("only", "", "measure only what matches this `regexp`: peers, lists, start-up, pod-free, scaling")
	largest   = flag.Int("largest", 100, "the largest stream in `MB`")
)

const megabyte = 1e6

func main() {
	flag.Parse()
	folder, err := os.MkdirTemp("", "enmesh-bench")
	if err == nil {
		err = bench(folder)
		os.RemoveAll(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(folder string) error {
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	for _, m := range []struct {
		name string
		run  func(folder string) error
	}{{"peers", besidePeers}, {"lists", lists}, {"start-up", startUp}, {"pod-free", podFree}, {"scaling", scaling}} {
		if !match.MatchString(m.name) {
			continue
		}
		if err := m.run(folder); err != nil {
			return err
		}
	}
	return nil
}

func besidePeers(folder string) error {
	stream, origin := filepath.Join(folder, "stream.yaml"), "rendered charts"
	documents, err := writeCorpus(*corpus, stream)
	if err == nil && documents == 0 {
		origin = "generated"
		documents, err = writeApplications(stream, 2*megabyte)
	}
	if err != nil {
		return err
	}
	kustomizeBuild, err := kustomizeCommand(*kustomize, stream)
	if err != nil {
		return err
	}
	names := []string{"enmesh", "yq", "kustomize"}
	programs := [][]string{{*enmesh, "--all", "--hooks", "Enroll", "--quiet", stream}, yqCommand(*yq, stream), kustomizeBuild}
	samples, err := median(*runs, "", programs...)
	if err != nil {
		return err
	}
	fmt.Printf("one stream, %s: %d documents, %.1f MB; medians of %d runs in turns\n", origin, documents, size(stream), *runs)
	fmt.Printf("%-10s %10s %7s %10s %7s %12s %7s %6s\n", "", "time", "ratio", "CPU time", "ratio", "peak memory", "ratio", "pods")
	for i, s := range samples {
		text, err := exec.Command(programs[i][0], programs[i][1:]...).Output()
		if err != nil {
			return err
		}
		fmt.Printf("%-10s %7.1f ms %6.1fx %7.1f ms %6.1fx %9.1f MB %6.1fx %6d\n", names[i],
			milliseconds(s.wall), float64(s.wall)/float64(samples[0].wall),
			milliseconds(s.cpu), float64(s.cpu)/float64(samples[0].cpu),
			float64(s.peak)/megabyte, float64(s.peak)/float64(samples[0].peak), bytes.Count(text, []byte(label+":")))
	}
	return nil
}

func startUp(string) error {
	samples, err := median(5**runs, os.DevNull, []string{*enmesh, "--all"}, []string{"true"})
	if err != nil {
		return err
	}
	fmt.Printf("start-up on an empty stream: %.1f ms (a program that does nothing: %.1f ms)\n",
		milliseconds(samples[0].wall), milliseconds(samples[1].wall))
	return nil
}

func podFree(folder string) error {
	stream := filepath.Join(folder, "podfree.yaml")
	if _, err := writePodFree(stream, *largest*megabyte); err != nil {
		return err
	}
	defer os.Remove(stream)
	return throughput("no pod in it", stream)
}

func scaling(folder string) error {
	for megabytes := 1; megabytes <= *largest; megabytes *= 10 {
		stream := filepath.Join(folder, "applications.yaml")
		if _, err := writeApplications(stream, megabytes*megabyte); err != nil {
			return err
		}
		if err := throughput("a pod in each tenth document", stream); err != nil {
			return err
		}
	}
	return nil
}

func throughput(what, stream string) error {
	samples, err := median(3, stream, []string{*enmesh, "--all", "--quiet"})
	if err != nil {
		return err
	}
	s := samples[0]
	fmt.Printf("%6.0f MB, %s: %.0f ms, %.0f MB/s, peak memory %.0f MB = %.2fx the input\n", size(stream), what,
		milliseconds(s.wall), size(stream)/s.wall.Seconds(), float64(s.peak)/megabyte, float64(s.peak)/megabyte/size(stream))
	return nil
}

func size(file string) float64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return float64(info.Size()) / megabyte
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
