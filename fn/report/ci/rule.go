package ci

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
)

// rule is what is always true of the entries of one rule. Its texts are sentences.
type rule struct {
	id       string
	severity outcome.Severity
	meaning  string
	effect   string // on the pod, or ""
	remedy   string
}

// ruleOf looks a rule up: a finding in the catalog, or what fails the job though it is no finding.
func ruleOf(id string) rule {
	e, _ := verdict.Explain(outcome.Reason(id))
	r := rule{id: id, severity: e.Severity, meaning: verdict.Sentence(e.Meaning), remedy: verdict.Sentence(e.Remedy)}
	switch {
	case e.Verdict != "":
		r.effect = "The verdict on the pod is " + string(e.Verdict) + ": " + e.Verdict.Meaning() + "."
	case e.Severity == "":
		r.severity = outcome.Error
		if v := outcome.Verdict(id); v.Meaning() != "" {
			r.meaning = verdict.Sentence(v.Meaning())
			r.remedy = "See the findings about the pod, which say what to change; or accept the reason for the verdict, or exclude the pod."
		} else if other := otherRules[id]; other != [2]string{} {
			r.meaning, r.remedy = other[0], other[1]
		}
	}
	return r
}

// otherRules are the meaning and the remedy of those that are neither a finding nor a verdict.
var otherRules = map[string][2]string{
	string(outcome.NotEnrolled): {"The pod is selected, and lacks mesh settings.", "Enroll it: run enmesh without --check, and apply what it writes."},
	string(outcome.Missing):     {"An object that enrollment adds, or a setting that it makes, is missing.", "Run enmesh without --check, and apply what it writes."},
	string(report.JobFailed):    {"The job failed, and nothing was checked or written.", "Correct what the message says."},
	report.Assumes: {"The verdict on the pod takes something for granted that no manifest at hand shows.",
		"Name the manifests that are in the cluster with --cluster, or allow assumptions."},
}
