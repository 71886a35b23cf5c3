package ci

import (
	"cmp"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// GitLabStart is how each report in the form of GitLab starts that is not an empty list.
const GitLabStart = "[\n  {\n    \"engine_name\": \"enmesh\",\n"

// GitLab is the form of GitLab's code quality. It leaves out what is accepted, because GitLab would show it as new. Every issue has a path
// and a line there. So what is about the input as a whole is at the first file of the input, or in the folder, and line 1 stands for a
// line that is not known.
func GitLab(r report.Report) ([]byte, error) {
	issues := []gitLabIssue{}
	for _, e := range entries(r) {
		if e.Accepted {
			continue
		}
		issue := gitLabIssue{Engine: "enmesh", CheckName: e.Rule, Description: e.text(), Severity: gitLabSeverity(e), Fingerprint: e.fingerprint}
		issue.Location.Path = cmp.Or(e.file, input(r).file, ".")
		issue.Location.Lines.Begin = max(e.line, 1)
		issues = append(issues, issue)
	}
	return report.EncodeJSON(issues)
}

type gitLabIssue struct {
	Engine      string `json:"engine_name"`
	CheckName   string `json:"check_name"`
	Description string `json:"description"`
	Severity    string `json:"severity"`
	Fingerprint string `json:"fingerprint"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// gitLabSeverity combines the severity with whether the entry fails the job:
//
//	           fails the job   otherwise
//	the job    blocker         -
//	error      critical        major
//	warning    major           minor
//	info       -               info
func gitLabSeverity(e entry) string {
	switch {
	case e.Reason == report.JobFailed:
		return "blocker"
	case e.Severity == outcome.Error && e.Fails:
		return "critical"
	case e.Severity == outcome.Error, e.Fails:
		return "major"
	case e.Severity == outcome.Warning:
		return "minor"
	}
	return "info"
}
