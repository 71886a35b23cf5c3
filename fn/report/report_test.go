package report_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// JSON and YAML have the whole report.
func TestForPrograms(t *testing.T) {
	want := report.New(out, errors.New("an error"))
	require.Equal(t, config.APIVersion, want.APIVersion)
	require.Equal(t, "EnrollmentReport", want.Kind)
	require.Equal(t, "an error", want.Error)
	require.Equal(t, map[string]int{"Enrolled": 1, "HostNetwork": 1}, want.Summary)
	asJSON, err := want.JSON()
	require.NoError(t, err)
	asYAML, err := want.YAML()
	require.NoError(t, err)
	var fromJSON, fromYAML report.Report
	require.NoError(t, json.Unmarshal(asJSON, &fromJSON))
	require.NoError(t, yaml.UnmarshalStrict(asYAML, &fromYAML))
	require.Equal(t, fromJSON, fromYAML)
	require.Equal(t, out.Pods, fromJSON.Pods)
	require.Equal(t, want.Error, fromJSON.Error)
}

// A report without pods has its lists and counts, so a program need not check for them.
func TestEmpty(t *testing.T) {
	for _, o := range []*outcome.Outcome{nil, {}} {
		text, err := report.New(o, nil).JSON()
		require.NoError(t, err)
		require.JSONEq(t, `{"apiVersion": "enmesh.dev/v1alpha1", "kind": "EnrollmentReport", "summary": {}, "verdicts": {}, "pods": []}`, string(text))
		require.Empty(t, slices.Collect(report.New(o, nil).Results()))
	}
	require.Equal(t, "no pods", report.Summary(&outcome.Outcome{}))
	require.NoError(t, report.Failure(&outcome.Outcome{}))
}

// A page has a table of the findings, if there are any.
func TestOneFinding(t *testing.T) {
	about := outcome.ObjectFinding{Resource: manifest.ResourceRef{Kind: "Pod", Name: "web"}, Finding: outcome.Finding{Reason: "Wrong", Severity: outcome.Error, Message: "wrong", Remedy: "change it"}}
	for _, findings := range [][]outcome.ObjectFinding{nil, {about}} {
		text, err := report.New(&outcome.Outcome{Findings: findings}, nil).Markdown()
		require.NoError(t, err)
		require.Equal(t, len(findings), strings.Count(string(text), "## Findings"))
		require.Equal(t, len(findings), strings.Count(string(text), "| Wrong | error | Pod web | wrong | change it |"))
	}
}

// A failure counts the errors among the results, by kind. A finding of severity info is not a result.
func TestFailure(t *testing.T) {
	web, place := manifest.ResourceRef{Kind: "Pod", Name: "web"}, manifest.Place{Source: "web.yaml"}
	o := &outcome.Outcome{
		Pods: []outcome.Pod{
			{Resource: web, Place: place, Outcome: outcome.NotEnrolled, Role: outcome.Sidecar, Message: "selected and not enrolled", Changes: []string{"a", "b"}},
			{Resource: web, Place: place, Outcome: outcome.NotSelected, Message: "not selected", Findings: []outcome.Finding{{Reason: "Info", Severity: outcome.Info}}},
		},
		Objects: []outcome.Object{{Resource: web, Place: place, Outcome: outcome.Missing, Message: "missing"}, {Resource: web, Place: place, Outcome: outcome.Added, Message: "added"}},
		Findings: []outcome.ObjectFinding{
			{Resource: web, Place: place, Finding: outcome.Finding{Reason: "Wrong", Severity: outcome.Error, Message: "wrong", Remedy: "change it"}},
			{Resource: web, Place: place, Finding: outcome.Finding{Reason: "Doubtful", Severity: outcome.Warning, Field: "spec", Message: "doubtful", Remedy: "look"}},
			{Resource: web, Place: place, Finding: outcome.Finding{Reason: "Info", Severity: outcome.Info}},
		},
	}
	o.Gate(&config.MeshEnrollmentSpec{Mode: config.Check})
	var all, notable []string
	for r := range report.Results(o) {
		all = append(all, r.Message)
		if r.IsNotable() {
			notable = append(notable, r.String())
		}
	}
	require.Equal(t, []string{"selected and not enrolled: it lacks a, b", "not selected", "missing", "added", "wrong", "doubtful"}, all)
	require.Equal(t, []string{
		"error: web.yaml: Pod web: selected and not enrolled: it lacks a, b",
		"error: web.yaml: Pod web: missing",
		"web.yaml: Pod web: added",
		"error: web.yaml: Pod web: wrong [Wrong]; change it",
		"warning: web.yaml: Pod web: spec: doubtful [Doubtful]; look",
	}, notable)
	require.EqualError(t, report.Failure(o), "the check failed (pods: 1, objects missing: 1, findings: 1)")

	// A caller may stop early.
	seen := 0
	for range report.Results(o) {
		if seen++; seen == 3 {
			break
		}
	}
	require.Equal(t, 3, seen)
}

// The Markdown lists findings about the input, and says which findings are accepted, and which fail the job.
func TestFindingsInMarkdown(t *testing.T) {
	o := &outcome.Outcome{
		Input: []outcome.Finding{{Reason: "Nothing", Severity: outcome.Error, Message: "nothing", Remedy: "add some"}},
		Pods: []outcome.Pod{
			{Resource: manifest.ResourceRef{Kind: "Pod", Name: "a"}, Findings: []outcome.Finding{{Reason: "Doubtful", Severity: outcome.Warning, Message: "doubtful", Remedy: "look", Line: 2}}},
			{Resource: manifest.ResourceRef{Kind: "Pod", Name: "b"}, Findings: []outcome.Finding{{Reason: "Doubtful", Severity: outcome.Warning, Message: "doubtful", Remedy: "look", Line: 9}}},
			{Resource: manifest.ResourceRef{Kind: "Pod", Name: "c"}, Findings: []outcome.Finding{{Reason: "Doubtful", Severity: outcome.Warning, Message: "doubtful", Remedy: "look", Accepted: true}}},
		},
	}
	o.Gate(&config.MeshEnrollmentSpec{Strict: true})
	text, err := report.New(o, nil).Markdown()
	require.NoError(t, err)
	require.Contains(t, string(text), "| Nothing | error | the input | nothing | add some |\n"+
		"| Doubtful | warning (fails the job) | Pod a, Pod b | doubtful | look |\n"+
		"| Doubtful | warning (accepted) | Pod c | doubtful | look |\n")
}
