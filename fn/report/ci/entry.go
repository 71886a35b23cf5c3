// Package ci has the forms of a report that CI systems read: SARIF, JUnit, GitLab's code quality and GitHub's annotations.
//
// In: a [report.Report]. Out: its text in one of the forms. The package decides nothing about a pod, and reads no file.
//
// All forms but JUnit list entries: what is wrong or doubtful. JUnit has a test case for each pod, also for those that pass.
//
// A form shows a file and a line only where a user has them, see locate. Severity and what fails the job are two things: a finding has the
// same severity in each form, and what fails the job says so besides.
//
// Start reading at entries. Each form has a file of its own.
package ci

import (
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// entry is a finding, a pod or an object that fails the job, or the error of the job.
type entry struct {
	report.Result
	location
	fingerprint string
}

// entries lists the entries of a report, in the order of the report.
func entries(r report.Report) []entry {
	var all []entry
	prints := fingerprints{}
	for result := range r.All() {
		if result.IsFinding || result.Fails {
			at := locate(result)
			all = append(all, entry{result, at, prints.of(result, at)})
		}
	}
	return all
}

// text is an entry without its severity, its place and its rule: OBJECT: FIELD: MESSAGE; REMEDY (NOTE).
func (e entry) text() string {
	var parts []string
	for _, part := range []string{e.Resource.String(), e.Field, e.Message} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	text := strings.Join(parts, ": ")
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	if e.note != "" {
		text += " (" + e.note + ")"
	}
	return report.Printable(text)
}

// failsUnusually says of an entry that fails the job although it is no error, as a warning does with --strict.
func (e entry) failsUnusually() bool { return e.Fails && e.Severity != outcome.Error }
