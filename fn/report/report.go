// Package report shows an outcome to people and to programs. Both front ends use it.
//
// In: the [outcome.Outcome] of a job, or its error, and the configuration, which says which findings are errors.
//
// Out, the outcome as a whole:
//   - [Report] with everything that was decided and found, in one of several forms: a table, JSON, YAML, Markdown with a
//     diagram, or SPIRE's registration entries.
//
// Out, the outcome piece by piece, for messages:
//   - [Results], one for each decision and for each finding that is a warning or an error.
//   - [Summary], the pods counted by outcome.
//   - [Failure], the error of a job whose results include an error.
//
// The package decides nothing about a pod, and neither reads nor writes a file.
//
// Start reading at forms, the table of the forms. Each form has a file of its own.
package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// Report is what --report writes. Its JSON is the format of the report for programs.
type Report struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Error says why the job failed, or is empty.
	Error string `json:"error,omitempty"`
	// Summary counts the pods by outcome.
	Summary map[string]int `json:"summary"`
	Pods    []outcome.Pod  `json:"pods"`
	// Objects are those, other than pods, that were added, patched or removed.
	Objects []outcome.Object `json:"objects,omitempty"`
	// Findings are about objects that are not pods.
	Findings []outcome.ObjectFinding `json:"findings,omitempty"`
	// Input are findings about the input and the selection as a whole.
	Input []outcome.Finding `json:"input,omitempty"`
	// Order lists the steps in which the change is safe, if it requires mutual TLS of someone.
	Order []string `json:"order,omitempty"`
}

// New returns the report of a job. The outcome is nil if the job failed before it had one. The error is nil if the job did not
// fail.
func New(out *outcome.Outcome, err error) Report {
	r := Report{APIVersion: config.APIVersion, Kind: kind, Summary: map[string]int{}, Pods: []outcome.Pod{}}
	if err != nil {
		r.Error = err.Error()
	}
	if out == nil {
		return r
	}
	if len(out.Pods) > 0 {
		r.Summary, r.Pods = countByReason(out.Pods), out.Pods
	}
	r.Objects, r.Findings, r.Input, r.Order = out.Objects, out.Findings, out.Input, order(out)
	return r
}

const kind = "EnrollmentReport"

// form is one form of a report.
type form struct {
	extensions []string // of the files that have it
	encode     func(Report) ([]byte, error)
	starts     []string // with one of these
}

// forms of a report. A stream that has no extension gets a table. This is a list and not a map, so that the linker leaves out
// the forms from a program that writes no report.
var forms = []form{
	{[]string{".json"}, Report.json, []string{"{\n  \"apiVersion\": \"" + config.APIVersion + "\",\n  \"kind\": \"" + kind + "\""}},
	{[]string{".yaml", ".yml"}, Report.yaml, []string{"apiVersion: " + config.APIVersion + "\nerror: ", "apiVersion: " + config.APIVersion + "\nkind: " + kind + "\n"}},
	{[]string{".md", ".markdown"}, Report.markdown, []string{"# Mesh report\n"}},
	{[]string{".entries"}, Report.entries, []string{"Entry ID         : "}},
	{[]string{".txt", ".table", ""}, func(r Report) ([]byte, error) { return r.table(false) }, []string{"POD OF ", "error: "}},
}

// HasForm says whether a file with this extension can be written. Upper and lower case are the same.
func HasForm(extension string) bool { return formOf(extension) != nil }

func formOf(extension string) *form {
	for i := range forms {
		if slices.Contains(forms[i].extensions, strings.ToLower(extension)) {
			return &forms[i]
		}
	}
	return nil
}

// Extensions lists the extensions of the forms.
func Extensions() []string {
	var all []string
	for _, f := range forms {
		for _, extension := range f.extensions {
			if extension != "" {
				all = append(all, extension)
			}
		}
	}
	return all
}

// IsReport says whether a text is a report, or empty.
func IsReport(text []byte) bool {
	return len(text) == 0 || slices.ContainsFunc(forms, func(f form) bool {
		return slices.ContainsFunc(f.starts, func(start string) bool { return bytes.HasPrefix(text, []byte(start)) })
	})
}

// Encode returns the report in the form for a file's extension, or a table. Colours are for a terminal, and only the table has them.
func (r Report) Encode(extension string, colours bool) ([]byte, error) {
	if f := formOf(extension); f != nil && !colours {
		return f.encode(r)
	} else if f != nil && !slices.Contains(f.extensions, "") {
		return f.encode(r)
	}
	return r.table(colours)
}

func (r Report) json() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // angle brackets stand for what is not known
	encoder.SetIndent("", "  ")
	err := encoder.Encode(r)
	return b.Bytes(), err
}

func (r Report) yaml() ([]byte, error) { return yaml.Marshal(r) }
