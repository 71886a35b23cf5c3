//go:build unix

package main

import (
	"fmt"
	"io"
	"slices"
)

// target is a row of the README's table: something that is measured, and what is wanted of it.
type target struct {
	key     string
	name    string // in the README
	atLeast bool   // wanted is the least, and otherwise the most
	wanted  float64
	unit    string
}

const (
	least = true
	most  = false
)

var targets = []target{
	{"yq", "rendered charts: faster than yq", least, 35, "x"},
	{"kustomize", "rendered charts: faster than kustomize", least, 90, "x"},
	{"framework", "a ResourceList: faster than a function on kyaml's framework", least, 5, "x"},
	{"list time", "a List, `kubectl get`'s List, a ResourceList: time, to that of a stream", most, 1.3, "x"},
	{"list memory", "a List, `kubectl get`'s List, a ResourceList: memory, to that of a stream", most, 1.3, "x"},
	{"files time", "`--check` of 20,000 files: time, to that of one stream", most, 1.5, "x"},
	{"small peak", "20,000 workloads in any form: peak memory, of 3x the input + 40 MB", most, 100, "%"},
	{"large peak", "100 MB, a pod in each tenth document: the same", most, 100, "%"},
	{"pod-free program", "a stream without pods", least, 600, " MB/s"},
	{"pod-free process", "the same, in a process that runs already", least, 1000, " MB/s"},
	{"start-up", "start-up", most, 6, " ms"},
	{"size", "size of each program", most, 10, " MB"},
}

// results are the values that were measured, by the key of their target. Where one was measured on several inputs, the worst counts.
type results map[string]float64

// add notes a value, and returns in a few words whether it is as wanted.
func (r results) add(key string, value float64) string {
	t := targets[slices.IndexFunc(targets, func(t target) bool { return t.key == key })]
	if worst, ok := r[key]; !ok || t.atLeast == (value < worst) {
		r[key] = value
	}
	return fmt.Sprintf("%s, wanted %s: %s", t.text(value), t.limit(), t.verdict(value))
}

func (t target) holds(value float64) bool {
	if t.atLeast {
		return value >= t.wanted
	}
	return value <= t.wanted
}

func (t target) verdict(value float64) string {
	if t.holds(value) {
		return "yes"
	}
	return "NO"
}

func (t target) limit() string {
	if t.atLeast {
		return "≥ " + t.text(t.wanted)
	}
	return "≤ " + t.text(t.wanted)
}

// text shows a value with as many digits as are worth comparing.
func (t target) text(value float64) string {
	digits := 0
	if value < 20 && value != float64(int(value)) {
		digits = 1
		if t.unit == "x" && value < 2 {
			digits = 2
		}
	}
	return fmt.Sprintf("%.*f%s", digits, value, t.unit)
}

// markdown writes the table of the README: the targets of which something was measured.
func (r results) markdown(w io.Writer) {
	fmt.Fprint(w, "| what | measured | wanted |\n| --- | --- | --- |\n")
	for _, t := range targets {
		value, ok := r[t.key]
		if !ok {
			continue
		}
		measured := t.text(value)
		if !t.holds(value) {
			measured = "**" + measured + "**"
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", t.name, measured, t.limit())
	}
}
