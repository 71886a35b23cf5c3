package postrender

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// listed is what a form for CI must have of a finding, or of a pod or an object that fails the job.
type listed struct {
	rule, severity  string
	accepted, fails bool
}

// entriesOf reads from a report in JSON what the forms for CI must list, in any order.
func entriesOf(r report.Report) (all []listed) {
	finding := func(f outcome.Finding) {
		all = append(all, listed{string(f.Reason), string(f.Severity), f.Accepted, f.Fails})
	}
	for _, p := range r.Pods {
		switch {
		case !p.Fails:
		case p.LacksSettings():
			all = append(all, listed{"NotEnrolled", "error", false, true})
		case p.Verdict == outcome.SPIRE || p.VerdictAccepted:
			all = append(all, listed{"Assumes", "error", false, true})
		default:
			all = append(all, listed{string(p.Verdict), "error", false, true})
		}
		for _, f := range p.Findings {
			finding(f)
		}
	}
	for _, o := range r.Objects {
		if o.Fails {
			all = append(all, listed{"Missing", "error", false, true})
		}
	}
	for _, f := range r.Findings {
		finding(f.Finding)
	}
	for _, f := range r.Input {
		finding(f)
	}
	if all == nil && r.Error != "" {
		all = append(all, listed{"JobFailed", "error", false, true})
	}
	return all
}

// unaccepted are the entries of the forms that leave out what is accepted.
func unaccepted(all []listed) []listed {
	return slices.DeleteFunc(slices.Clone(all), func(l listed) bool { return l.accepted })
}

// requireSARIF: SARIF lists each entry with its severity, a rule, a file, a line and a fingerprint of its own.
func requireSARIF(t *testing.T, want []listed, ran result, text string) {
	t.Helper()
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Invocations []struct{ ExecutionSuccessful bool }
			Results     []struct {
				RuleID       string
				RuleIndex    int
				Level        string
				Suppressions []any
				Properties   struct{ Fails bool }
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				PartialFingerprints map[string]string
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &log))
	var got []listed
	prints, severities, run := map[string]bool{}, map[string]string{"error": "error", "warning": "warning", "note": "info"}, log.Runs[0]
	for _, r := range run.Results {
		got = append(got, listed{r.RuleID, severities[r.Level], r.Suppressions != nil, r.Properties.Fails})
		require.Equal(t, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
		require.Len(t, r.Locations, 1, "GitHub takes no file in which a result has no place")
		require.NotEmpty(t, r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.Positive(t, r.Locations[0].PhysicalLocation.Region.StartLine)
		print := r.PartialFingerprints["enmesh/v1"]
		require.False(t, prints[print], "two results have the fingerprint %s", print)
		prints[print] = true
	}
	require.ElementsMatch(t, want, got)
	jobFailed := slices.ContainsFunc(want, func(l listed) bool { return l.rule == "JobFailed" })
	require.Equal(t, !jobFailed, run.Invocations[0].ExecutionSuccessful)
	require.Equal(t, ran.status != exitDone, slices.ContainsFunc(got, func(l listed) bool { return l.fails }))
}

// requireJUnit: JUnit has a test case for each pod, and failures exactly if the exit status is not 0.
func requireJUnit(t *testing.T, r report.Report, ran result, text string) {
	t.Helper()
	type testcase struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Failure *struct{} `xml:"failure"`
		Skipped *struct{} `xml:"skipped"`
	}
	var suites struct {
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testcase `xml:"testsuite>testcase"`
	}
	require.NoError(t, xml.Unmarshal([]byte(text), &suites))
	require.Equal(t, ran.status != exitDone, suites.Failures > 0, "failures")
	var pods []testcase
	failures, skipped, names := 0, 0, map[string]bool{}
	for _, c := range suites.Cases {
		require.False(t, names[c.Class+c.Name], "two test cases are called %s", c.Name)
		names[c.Class+c.Name] = true
		if c.Failure != nil {
			failures++
		}
		if c.Skipped != nil {
			skipped++
		}
		if c.Class == "enmesh.pods" {
			pods = append(pods, c)
		}
	}
	require.Equal(t, []int{len(suites.Cases), failures, skipped}, []int{suites.Tests, suites.Failures, suites.Skipped})
	require.Len(t, pods, len(r.Pods))
	for i, p := range r.Pods {
		require.True(t, strings.HasPrefix(pods[i].Name, report.Printable(p.Resource.String())), pods[i].Name)
		fails := p.Fails || slices.ContainsFunc(p.Findings, func(f outcome.Finding) bool { return f.Fails })
		require.Equal(t, fails, pods[i].Failure != nil, "%s fails", pods[i].Name)
		require.Equal(t, !fails && !p.Outcome.IsSelected(), pods[i].Skipped != nil, "%s is skipped", pods[i].Name)
	}
}

// requireGitLab: GitLab has an issue for each entry that is not accepted, with a fingerprint of its own.
func requireGitLab(t *testing.T, all []listed, ran result, text string) {
	t.Helper()
	var issues []struct {
		CheckName   string `json:"check_name"`
		Description string
		Severity    string
		Fingerprint string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &issues))
	var got []string
	prints := map[string]bool{}
	for _, issue := range issues {
		got = append(got, issue.CheckName+" "+issue.Severity)
		require.NotEmpty(t, issue.Description)
		require.NotEmpty(t, issue.Location.Path)
		require.Positive(t, issue.Location.Lines.Begin)
		require.False(t, prints[issue.Fingerprint], "two issues have the fingerprint %s", issue.Fingerprint)
		prints[issue.Fingerprint] = true
	}
	severity := func(l listed) string {
		switch {
		case l.rule == "JobFailed":
			return "blocker"
		case l.fails:
			return map[string]string{"error": "critical", "warning": "major"}[l.severity]
		}
		return map[string]string{"error": "major", "warning": "minor", "info": "info"}[l.severity]
	}
	var want []string
	for _, l := range unaccepted(all) {
		want = append(want, l.rule+" "+severity(l))
	}
	require.ElementsMatch(t, want, got)
	require.True(t, ran.status == exitDone || len(issues) > 0, "the job failed, and the report is empty")
}

var annotation = regexp.MustCompile(`^::(error|warning|notice) title=enmesh (\w+)(,file=[^,:]+)?(,line=[1-9]\d*)?::(fails the job: )?.+$`)

// requireGitHub: GitHub has an annotation for each entry that is not accepted, one a line.
func requireGitHub(t *testing.T, all []listed, ran result, text string) {
	t.Helper()
	var want, got []string
	for _, l := range unaccepted(all) {
		severity := strings.Replace(l.severity, "info", "notice", 1)
		if l.fails && l.severity != "error" {
			severity += " that fails"
		}
		want = append(want, l.rule+" "+severity)
	}
	for line := range strings.Lines(text) {
		fields := annotation.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, fields, line)
		severity := fields[1]
		if fields[5] != "" {
			severity += " that fails"
		}
		got = append(got, fields[2]+" "+severity)
	}
	require.ElementsMatch(t, want, got)
	require.True(t, ran.status == exitDone || text != "", "the job failed, and there is no annotation")
}
