package ci

import (
	"cmp"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/version"
)

// SARIFStart is how each report in the form SARIF starts.
const SARIFStart = `{
  "$schema": "` + sarifSchema + `",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "enmesh",
`

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// SARIF is the form of the Static Analysis Results Interchange Format 2.1.0, for code scanning. A finding that is accepted is a suppressed
// result.
//
// GitHub rejects a file in which one result has no artifact or no line. So what is about the input as a whole is at the first file of the
// input, and where no line is known there is line 1, and a message at the location that says so.
func SARIF(r report.Report) ([]byte, error) {
	rules := &sarifRules{index: map[string]int{}}
	run := sarifRun{Invocations: []sarifInvocation{{ExecutionSuccessful: true}}, Results: []sarifResult{}}
	for _, e := range entries(r) {
		if e.file == "" {
			e.file = input(r).file
		}
		if e.Reason == report.JobFailed {
			run.Invocations[0].fail(e)
		}
		if e.file == "" {
			continue // it is a notification only
		}
		run.Results = append(run.Results, newSARIFResult(e, rules))
	}
	run.Tool.Driver = sarifDriver{Name: "enmesh", Version: version.String(), Rules: rules.list}
	return report.EncodeJSON(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// fail notes that the job failed.
func (i *sarifInvocation) fail(e entry) {
	i.ExecutionSuccessful = false
	notification := sarifNotification{Message: sarifText{Text: e.text()}, Level: sarifLevel(outcome.Error), Descriptor: sarifDescriptor{ID: e.Rule}}
	if e.file != "" {
		notification.Locations = []sarifLocation{newSARIFLocation(e)}
	}
	i.Notifications = append(i.Notifications, notification)
}

func newSARIFResult(e entry, rules *sarifRules) sarifResult {
	result := sarifResult{
		RuleID:    e.Rule,
		RuleIndex: rules.indexOf(e.Rule),
		Level:     sarifLevel(e.Severity),
		Message:   sarifText{Text: e.text()},
		Locations: []sarifLocation{newSARIFLocation(e)},
		// GitHub knows only the second name, and would otherwise make it from a line, which two entries may share.
		PartialFingerprints: map[string]string{"enmesh/v1": e.fingerprint, "primaryLocationLineHash": e.fingerprint + ":1"},
	}
	if e.Accepted {
		result.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: "The configuration, or the object itself, accepts " + e.Rule + "."}}
	}
	if e.Fails {
		result.Properties = &sarifProperties{Fails: true}
	}
	return result
}

func newSARIFLocation(e entry) sarifLocation {
	at := sarifLocation{}
	at.PhysicalLocation.ArtifactLocation.URI = uri(e.file)
	at.PhysicalLocation.Region.StartLine = max(e.line, 1)
	if e.line == 0 {
		at.Message = &sarifText{Text: "Line 1 stands for the whole file, because the line is not known."}
	}
	if e.Resource.Kind != "" {
		name := []string{e.Resource.APIVersion, e.Resource.Kind, e.Resource.Namespace, e.Resource.Name}
		name = slices.DeleteFunc(name, func(part string) bool { return part == "" })
		at.LogicalLocations = []sarifLogicalLocation{{
			Name:               report.Printable(cmp.Or(e.Field, e.Resource.String())),
			FullyQualifiedName: report.Printable(strings.TrimSuffix(strings.Join(name, "/")+"#"+e.Field, "#")),
			Kind:               "resource",
		}}
	}
	return at
}

// sarifLevel is the level for a severity.
func sarifLevel(s outcome.Severity) string {
	switch s {
	case outcome.Error:
		return "error"
	case outcome.Warning:
		return "warning"
	}
	return "note"
}

// sarifRules are the rules of the results so far.
type sarifRules struct {
	list  []sarifRule
	index map[string]int
}

// indexOf returns the index of a rule, which it adds if it is new.
func (r *sarifRules) indexOf(id string) int {
	if i, ok := r.index[id]; ok {
		return i
	}
	found := ruleOf(id)
	description := strings.TrimSpace(found.meaning + " " + found.effect)
	added := sarifRule{ID: id, Short: sarifText{Text: found.meaning}, Full: sarifText{Text: description},
		Help: sarifText{Text: description + "\n\n" + found.remedy, Markdown: markdown.Replace(description) + "\n\n**What to do:** " + markdown.Replace(found.remedy)}}
	added.Configuration.Level = sarifLevel(found.severity)
	r.index[id] = len(r.list)
	r.list = append(r.list, added)
	return r.index[id]
}

// markdown makes Markdown show a text as it is.
var markdown = strings.NewReplacer(`\`, `\\`, "<", `\<`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)
