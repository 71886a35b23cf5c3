//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"enmesh.dev/enmesh/fn/stream"
)

// lists measures the same objects as a stream, as a List and as a ResourceList: 20,000 small workloads, and those of the
// rendered charts.
func lists(folder string) error {
	small, charts := filepath.Join(folder, "small.yaml"), filepath.Join(folder, "charts.yaml")
	if err := writeWorkloads(small, 20_000); err != nil {
		return err
	}
	documents, err := writeCorpus(*corpus, charts)
	if err != nil {
		return err
	}
	if err := besideLists("20000 workloads", small); err != nil || documents == 0 {
		return err
	}
	return besideLists("rendered charts", charts)
}

func besideLists(what, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	list, resourceList := file+".list", file+".resourcelist"
	for name, head := range map[string]string{
		list: "apiVersion: v1\nkind: List\nitems:\n",
		resourceList: "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n" +
			"  metadata:\n    name: enmesh\n  data:\n    all: \"true\"\n    hooks: Enroll\nitems:\n",
	} {
		if err := os.WriteFile(name, asItems(head, text), 0o644); err != nil {
			return err
		}
	}
	flags := []string{*enmesh, "--all", "--hooks", "Enroll", "--quiet"}
	var samples [3]sample
	for i, program := range [][]string{append(flags, file), append(flags, list), {"sh", "-c", `exec "$0" <"$1" 2>/dev/null`, *enmeshFn, resourceList}} {
		s, err := median(*runs, "", program)
		if err != nil {
			return err
		}
		samples[i] = s[0]
	}
	fmt.Printf("%s, %.1f MB\n", what, size(file))
	for i, form := range []string{"a stream", "a List", "a ResourceList"} {
		s := samples[i]
		fmt.Printf("%-15s %7.1f ms %6.2fx %7.1f ms CPU %6.2fx %9.1f MB %6.2fx\n", form,
			milliseconds(s.wall), float64(s.wall)/float64(samples[0].wall),
			milliseconds(s.cpu), float64(s.cpu)/float64(samples[0].cpu),
			float64(s.peak)/megabyte, float64(s.peak)/float64(samples[0].peak))
	}
	return nil
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

// writeWorkloads writes a stream of small workloads.
func writeWorkloads(file string, count int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for i := range count {
		fmt.Fprintf(w, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%[1]d\nspec:\n  selector:\n    matchLabels:\n      app: web-%[1]d\n"+
			"  template:\n    metadata:\n      labels:\n        app: web-%[1]d\n    spec:\n      serviceAccountName: web\n      containers:\n      - name: web\n"+
			"        image: registry.example.com/shop/web:1.4.2\n        ports:\n        - containerPort: 8080\n", i)
	}
	return w.Flush()
}
