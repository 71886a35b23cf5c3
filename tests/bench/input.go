//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"enmesh.dev/enmesh/fn/stream"
)

// input is a set of objects: as a stream of documents, and in other forms.
type input struct {
	name, stream string
}

// charts are the objects of the rendered charts, or generated ones.
func (b *bench) charts() (in input, documents int, err error) {
	in = input{"rendered charts", filepath.Join(b.folder, "charts.yaml")}
	documents, err = writeCorpus(*corpus, in.stream)
	if err == nil && documents == 0 {
		in.name = "generated charts"
		documents, err = writeApplications(in.stream, 2*megabyte)
	}
	return in, documents, err
}

const workloadCount = 20_000

// workloads are many small ones.
func (b *bench) workloads() (input, error) {
	in := input{"20000 workloads", filepath.Join(b.folder, "workloads.yaml")}
	return in, writeWorkloads(in.stream, workloadCount)
}

// both are the inputs of which lists are made.
func (b *bench) both() ([]input, error) {
	charts, _, err := b.charts()
	if err != nil {
		return nil, err
	}
	workloads, err := b.workloads()
	return []input{workloads, charts}, err
}

const (
	listHead         = "apiVersion: v1\nkind: List\nitems:\n"
	resourceListHead = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n" +
		"  metadata:\n    name: enmesh\n  data:\n    all: \"true\"\n    hooks: Enroll\nitems:\n"
)

// list writes the documents of the stream as the items of a list, beside it.
func (in input) list(head, ending string) (file string, err error) {
	text, err := os.ReadFile(in.stream)
	if err != nil {
		return "", err
	}
	file = in.stream + ending
	return file, os.WriteFile(file, asItems(head, text), 0o644)
}

// asItems makes the documents of a stream the items of a list.
func asItems(head string, text []byte) []byte {
	b := bytes.NewBufferString(head)
	for span := range stream.Split(text) {
		lead := "- "
		for line := range strings.Lines(strings.TrimPrefix(string(text[span.Start:span.End]), "---\n")) {
			switch {
			case lead == "- " && (strings.HasPrefix(line, "#") || strings.TrimSpace(line) == ""):
			case strings.TrimSpace(line) == "":
				b.WriteString(line)
			default:
				b.WriteString(lead + line)
				lead = "  "
			}
		}
	}
	return b.Bytes()
}

// enroll is the command that enrolls every pod in a file or folder, and function that for a ResourceList.
func enroll(path string) []string {
	return []string{*enmesh, "--all", "--hooks", "Enroll", "--quiet", path}
}

func function(resourceList string) []string { return withStdin(resourceList, *enmeshFn) }

// withStdin is a command that reads a file as its stdin. A function says on stderr what it did with each pod.
func withStdin(file string, argv ...string) []string {
	return append([]string{"sh", "-c", `file=$1; shift; exec "$@" <"$file" 2>/dev/null`, "sh", file}, argv...)
}

func size(file string) float64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return float64(info.Size()) / megabyte
}
