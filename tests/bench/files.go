//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"enmesh.dev/enmesh/fn/stream"
)

// files measures --check of a repository of rendered manifests, all of them enrolled: each workload in a file of its own, beside one
// stream of the same bytes.
func (b *bench) files() error {
	in, err := b.workloads()
	if err != nil {
		return err
	}
	text, err := exec.Command(*enmesh, enroll(in.stream)[1:]...).Output()
	if err != nil {
		return err
	}
	in = input{in.name + ", enrolled", filepath.Join(b.folder, "enrolled.yaml")}
	if err := os.WriteFile(in.stream, text, 0o644); err != nil {
		return err
	}
	folder := filepath.Join(b.folder, "repository")
	defer os.RemoveAll(folder)
	n := 0
	for span := range stream.Split(text) {
		application := filepath.Join(folder, fmt.Sprintf("application-%03d", n/100))
		if err := os.MkdirAll(application, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(application, fmt.Sprintf("web-%d.yaml", n)), text[span.Start:span.End], 0o644); err != nil {
			return err
		}
		n++
	}
	samples, err := b.beside(in, *runs, form{"stream", "", []string{*enmesh, "--all", "--check", in.stream}},
		form{fmt.Sprint(n, " files"), "", []string{*enmesh, "--all", "--check", folder}})
	if err != nil {
		return err
	}
	fmt.Println("    time", b.results.add("files time", over(samples[1].wall, samples[0].wall)))
	b.peak("small peak", samples[1], size(in.stream))
	return nil
}
