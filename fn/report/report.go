// Package report shows an outcome to people and to programs. Both front ends use it.
//
// In: the [outcome.Outcome] of a job, or its error, and the configuration, which says which findings are errors.
//
// Out, the outcome as a whole:
//   - [Report] with everything that was decided and found. Its methods are the forms for people (a table, Markdown with a diagram,
//     SPIRE's registration entries) and for programs (JSON, YAML). Package form chooses among these and those of its other packages.
//
// Out, the outcome piece by piece, for messages:
//   - [Results], one for each decision and for each finding that is a warning or an error.
//   - [Summary], the pods counted by outcome.
//   - [Failure], the error of a job whose results include an error.
//
// The package decides nothing about a pod, and neither reads nor writes a file.
//
// Start reading at New. Each form has a file of its own.
package report

import (
	"bytes"
	"encoding/json"
	"iter"

	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// Report is what --report writes. Its JSON is the format of the report for programs.
type Report struct {
	// APIVersion is the version of this form.
	APIVersion string `json:"apiVersion"`
	// Kind is the name of this form.
	Kind string `json:"kind"`
	// Error says why the job failed, or is empty.
	Error string `json:"error,omitempty"`
	// Preset is the preset that the configuration names, with what it set there.
	Preset *outcome.Preset `json:"preset,omitempty"`
	// Summary counts the pods by outcome.
	Summary map[string]int `json:"summary"`
	// Verdicts counts the pods by verdict. Pods that never reach the cluster have none.
	Verdicts map[string]int `json:"verdicts"`
	// Pods has one entry for each pod template.
	Pods []outcome.Pod `json:"pods"`
	// Objects are those, other than pods, that were added, patched or removed.
	Objects []outcome.Object `json:"objects,omitempty"`
	// Findings are about objects that are not pods.
	Findings []outcome.ObjectFinding `json:"findings,omitempty"`
	// Input are findings about the input and the selection as a whole.
	Input []outcome.Finding `json:"input,omitempty"`
	// Order lists the steps in which the change is safe, if it requires mutual TLS of someone.
	Order []string `json:"order,omitempty"`

	out *outcome.Outcome // nil if the job failed before it had one
	err error            // nil if the job did not fail
}

// New returns the report of a job. The outcome is nil if the job failed before it had one. The error is nil if the job did not
// fail.
func New(out *outcome.Outcome, err error) Report {
	r := Report{APIVersion: config.APIVersion, Kind: Kind, Summary: map[string]int{}, Verdicts: map[string]int{}, Pods: []outcome.Pod{},
		out: out, err: err}
	if err != nil {
		r.Error = err.Error()
	}
	if out == nil {
		return r
	}
	if len(out.Pods) > 0 {
		r.Summary, r.Verdicts, r.Pods = countByOutcome(out.Pods), countByVerdict(out.Pods), out.Pods
	}
	r.Preset = out.Preset
	r.Objects, r.Findings, r.Input, r.Order = out.Objects, out.Findings, out.Input, order(out)
	return r
}

// Kind is the kind of a [Report].
const Kind = "EnrollmentReport"

// Results lists what was decided and found, as [Results] does. It is empty if the job failed before it had an outcome.
func (r Report) Results() iter.Seq[Result] {
	if r.out == nil {
		return func(func(Result) bool) {}
	}
	return Results(r.out)
}

// All lists all that was decided and found, also the findings of severity info. If the job failed by something else, as by a document that
// cannot be read, the first result is that error. So a job that failed always has a result that fails.
func (r Report) All() iter.Seq[Result] {
	return func(yield func(Result) bool) {
		if r.err != nil && !r.explained() && !yield(jobFailure(r.err)) {
			return
		}
		if r.out == nil {
			return
		}
		for result := range all(r.out) {
			if !yield(result) {
				return
			}
		}
	}
}

// explained says whether something that was decided or found fails the job.
func (r Report) explained() bool {
	if r.out == nil {
		return false
	}
	pods, objects, findings := r.out.Failures()
	return pods+objects+findings > 0
}

// Edits are the changes to each stream. They are nil if the job failed before it had an outcome.
func (r Report) Edits() []outcome.Edits {
	if r.out == nil {
		return nil
	}
	return r.out.Edits
}

// JSON is the form for programs, with a line break after each field.
func (r Report) JSON() ([]byte, error) { return EncodeJSON(r) }

// EncodeJSON encodes a value as every JSON of a report is: indented, and with angle brackets as they are, which stand for what is not known.
func EncodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// YAML is the form for programs with the fields of JSON.
func (r Report) YAML() ([]byte, error) { return yaml.Marshal(r) }
