//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
)

// programs measures how long the programs take to start, and how large they are.
func (b *bench) programs() error {
	empty := filepath.Join(b.folder, "empty.yaml")
	if err := os.WriteFile(empty, []byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"), 0o644); err != nil {
		return err
	}
	starts := [][]string{{*enmesh, "--all", os.DevNull}, {*enmeshFn}, {"true"}}
	samples, err := median(5**runs, empty, starts...)
	if err != nil {
		return err
	}
	fmt.Printf("start-up on an empty stream (a program that does nothing: %.1f ms)\n", milliseconds(samples[2].wall))
	for i, program := range []struct{ name, file string }{{"enmesh", *enmesh}, {"enmesh-fn", *enmeshFn}} {
		fmt.Printf("    %s: %s\n", program.name, b.results.add("start-up", milliseconds(samples[i].wall)))
		fmt.Printf("    size of %s: %s\n", program.name, b.results.add("size", size(program.file)))
	}
	return nil
}

// podFree measures a stream without pods, which enmesh only looks at: in the whole program, and in this process.
func (b *bench) podFree() error {
	file := filepath.Join(b.folder, "podfree.yaml")
	if _, err := writePodFree(file, *largest*megabyte); err != nil {
		return err
	}
	defer os.Remove(file)
	s, err := throughput("no pod in it", file)
	if err != nil {
		return err
	}
	fmt.Println("   ", b.results.add("pod-free program", size(file)/s.wall.Seconds()))
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	t, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	if err != nil {
		return err
	}
	var samples []sample
	for range *runs {
		start := time.Now()
		if _, err := t.Transform(stream.Stream{Name: file, Bytes: text}); err != nil {
			return err
		}
		samples = append(samples, sample{wall: time.Since(start)})
	}
	wall := middle(samples, func(s sample) time.Duration { return s.wall })
	fmt.Println("    in process:", b.results.add("pod-free process", size(file)/wall.Seconds()))
	return nil
}

// scaling measures ever larger streams.
func (b *bench) scaling() error {
	for megabytes := 1; megabytes <= *largest; megabytes *= 10 {
		file := filepath.Join(b.folder, "applications.yaml")
		if _, err := writeApplications(file, megabytes*megabyte); err != nil {
			return err
		}
		s, err := throughput("a pod in each tenth document", file)
		if err != nil {
			return err
		}
		if megabytes*10 > *largest {
			b.peak("large peak", s, size(file))
		}
	}
	return nil
}

func throughput(what, stream string) (sample, error) {
	samples, err := median(3, stream, []string{*enmesh, "--all", "--quiet"})
	if err != nil {
		return sample{}, err
	}
	s := samples[0]
	fmt.Printf("%6.0f MB, %s: %.0f ms, %.0f MB/s, peak memory %.0f MB = %.2fx the input\n", size(stream), what,
		milliseconds(s.wall), size(stream)/s.wall.Seconds(), float64(s.peak)/megabyte, float64(s.peak)/megabyte/size(stream))
	return s, nil
}
