package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

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

// writeReport puts the whole report in the place of the file, or leaves the file as it was.
func writeReport(file string, r report) error {
	text, err := r.format(filepath.Ext(file))
	if err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		if !info.Mode().IsRegular() { // a pipe, or /dev/stderr
			return os.WriteFile(file, text, mode)
		}
		mode = info.Mode().Perm()
		if file, err = filepath.EvalSymlinks(file); err != nil { // the link stays
			return err
		}
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err := errors.Join(err, temporary.Chmod(mode), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

func (r report) format(extension string) ([]byte, error) {
	switch extension {
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
	}
	return r.table()
}

func (r report) table() ([]byte, error) {
	var b bytes.Buffer
	if r.Error != "" {
		fmt.Fprintln(&b, "error:", r.Error)
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "POD OF\tOUTCOME\tVERDICT\tROLE\tIDENTITY\tFINDINGS\tPLACE")
	for _, p := range r.Pods {
		var findings []string
		for _, f := range p.Findings {
			findings = append(findings, string(f.Reason))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Resource, p.Reason, dash(string(p.Verdict)), dash(string(p.Role)), dash(p.SPIFFEID),
			dash(strings.Join(findings, ",")), p.Place)
	}
	err := table.Flush()
	for _, o := range r.Objects {
		fmt.Fprintf(&b, "%s: %s\n", o.Resource, o.Message)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s [%s]\n", f.Resource, told(f.Finding), f.Reason)
	}
	return b.Bytes(), err
}

// dash stands for what is empty, so that columns can be told apart.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
