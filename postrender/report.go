package main

import (
	"bytes"
	"encoding/json"

	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
)

// report is what --report writes. Under Helm it is the only voice: Helm 4 never shows what a post-renderer prints.
type report struct {
	APIVersion string             `json:"apiVersion"`
	Kind       string             `json:"kind"`
	Error      string             `json:"error,omitempty"`
	Summary    map[string]int     `json:"summary"` // pods by outcome
	Pods       []fn.Pod           `json:"pods"`
	Objects    []fn.Object        `json:"objects,omitempty"`  // that were added, patched or removed beside the pods
	Findings   []fn.ObjectFinding `json:"findings,omitempty"` // about objects that are no pods
}

func newReport(outcome *fn.Outcome, err error) report {
	r := report{APIVersion: fn.APIVersion, Kind: "EnrollmentReport", Summary: map[string]int{}, Pods: []fn.Pod{}}
	if err != nil {
		r.Error = err.Error()
	}
	if outcome != nil && len(outcome.Pods) > 0 {
		r.Summary, r.Pods = count(outcome.Pods), outcome.Pods
	}
	if outcome != nil {
		r.Objects, r.Findings = outcome.Objects, outcome.Findings
	}
	return r
}

// format writes the report in the form that goes with a file's ending. Only a table knows colours.
func (r report) format(ending string, colours bool) ([]byte, error) {
	switch ending {
	case ".json":
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false) // angle brackets stand for what is not known
		encoder.SetIndent("", "  ")
		err := encoder.Encode(r)
		return b.Bytes(), err
	case ".yaml", ".yml":
		return yaml.Marshal(r)
	case ".entries":
		return r.entries(), nil
	case ".md", ".markdown":
		return r.picture(), nil
	}
	return r.table(colours)
}
