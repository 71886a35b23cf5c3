//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/stream"
)

// lists measures the same objects as a stream, as a List and as a ResourceList.
func (b *bench) lists() error {
	inputs, err := b.both()
	if err != nil {
		return err
	}
	for _, in := range inputs {
		list, err := in.list(listHead, ".list")
		if err != nil {
			return err
		}
		resourceList, err := in.list(resourceListHead, ".resourcelist")
		if err != nil {
			return err
		}
		samples, err := b.beside(in, *runs, form{"stream", "", enroll(in.stream)}, form{"List", "list", enroll(list)},
			form{"ResourceList", "list", function(resourceList)})
		if err != nil {
			return err
		}
		if in == inputs[0] {
			b.peak("small peak", samples[0], size(in.stream))
			b.peak("small peak", samples[1], size(list))
			b.peak("small peak", samples[2], size(resourceList))
		}
	}
	return nil
}

// kubectl measures a List as `kubectl get -o yaml` writes it, beside a stream of the same text.
func (b *bench) kubectl() error {
	inputs, err := b.both()
	if err != nil {
		return err
	}
	for _, in := range inputs {
		objects, err := fromCluster(in.stream)
		if err != nil {
			return err
		}
		in = input{in.name + " as kubectl writes them", in.stream + ".cluster"}
		list := in.stream + ".list"
		if err := writeAll(objects, in.stream, "", "---\n", ""); err != nil {
			return err
		}
		if err := writeAll(objects, list, "apiVersion: v1\nitems:\n", "- ", "kind: List\nmetadata:\n  resourceVersion: \"\"\n"); err != nil {
			return err
		}
		if _, err = b.beside(in, *runs, form{"stream", "", enroll(in.stream)}, form{"List", "list", enroll(list)}); err != nil {
			return err
		}
	}
	return nil
}

// form is a form of an input, the command that reads it, and the targets for it: KEY time and KEY memory.
type form struct {
	name, key string
	command   []string
}

// beside measures forms of an input. The first is what the others are compared with.
func (b *bench) beside(in input, runs int, forms ...form) ([]sample, error) {
	var commands [][]string
	for _, f := range forms {
		commands = append(commands, f.command)
	}
	samples, err := median(runs, "", commands...)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s, %.1f MB\n", in.name, size(in.stream))
	for i, s := range samples {
		fmt.Printf("%-15s %7.1f ms %6.2fx %7.1f ms CPU %6.2fx %9.1f MB %6.2fx\n", forms[i].name,
			milliseconds(s.wall), over(s.wall, samples[0].wall), milliseconds(s.cpu), over(s.cpu, samples[0].cpu),
			float64(s.peak)/megabyte, over(s.peak, samples[0].peak))
		if key := forms[i].key; key != "" {
			fmt.Printf("    time %s\n", b.results.add(key+" time", over(s.wall, samples[0].wall)))
			fmt.Printf("    memory %s\n", b.results.add(key+" memory", over(s.peak, samples[0].peak)))
		}
	}
	return samples, nil
}

// peak holds the peak memory against the bound of an input in MB.
func (b *bench) peak(key string, s sample, input float64) {
	allowed := 3*input + 40
	fmt.Printf("    peak memory %.0f MB, of %.0f MB allowed: %s\n", float64(s.peak)/megabyte, allowed,
		b.results.add(key, 100*float64(s.peak)/megabyte/allowed))
}

// fromCluster are the objects of a stream as an API server gives them.
func fromCluster(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var objects []string
	for span := range stream.Split(text) {
		var object map[string]any
		if err := yaml.Unmarshal(text[span.Start:span.End], &object); err != nil || object["kind"] == nil {
			continue
		}
		metadata, ok := object["metadata"].(map[string]any)
		if !ok {
			continue
		}
		n := len(objects)
		metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
		metadata["resourceVersion"] = fmt.Sprint(100_000 + n)
		metadata["uid"] = fmt.Sprintf("6f2c1d8e-0000-4000-8000-%012d", n)
		if spec, _ := object["spec"].(map[string]any); spec["template"] != nil {
			metadata["generation"] = 1
			object["status"] = map[string]any{"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1,
				"conditions": []any{map[string]any{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
					"message": "Deployment has minimum availability.", "lastTransitionTime": "2026-01-01T00:00:07Z"}}}
		}
		written, err := yaml.Marshal(object) // as kubectl does, with its keys in order
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		objects = append(objects, string(written))
	}
	return objects, nil
}

// writeAll writes objects with something in front of each: a separator, or the dash of a list, which moves the other lines in.
func writeAll(objects []string, file, head, lead, tail string) error {
	var text strings.Builder
	text.WriteString(head)
	for _, object := range objects {
		if lead == "- " {
			object = strings.TrimSuffix(strings.ReplaceAll(object, "\n", "\n  "), "  ")
		}
		text.WriteString(lead + object)
	}
	text.WriteString(tail)
	return os.WriteFile(file, []byte(text.String()), 0o644)
}
