package ci

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"enmesh.dev/enmesh/fn/report"
)

// JUnitStart is how each report in the form JUnit starts.
const JUnitStart = xml.Header + `<testsuites name="enmesh"`

// JUnit is the form of the XML files that JUnit writes, which most CI systems read. A test case is a pod, another object that was added or
// has findings, a finding about the input, or the error of the job. It fails exactly if what it is about fails the job. Its text has all
// that was found, also what does not fail the job. A pod that is not selected is skipped.
func JUnit(r report.Report) ([]byte, error) {
	suite := junitSuite{Name: "enmesh", Time: "0"}
	for _, c := range junitCases(r) {
		suite.add(c)
	}
	text, err := xml.MarshalIndent(junitSuites{Name: "enmesh", Tests: suite.Tests, Failures: suite.Failures, Skipped: suite.Skipped, Time: "0",
		Suites: []junitSuite{suite}}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

// junitCases makes the test cases. Names that are equal get a number, because CI systems tell test cases apart by them.
func junitCases(r report.Report) []*junitCase {
	var cases []*junitCase
	known, names := map[any]*junitCase{}, map[string]int{}
	for result := range r.All() {
		class, name, key := junitName(result)
		c := known[key]
		if c == nil {
			names[class+name]++
			if n := names[class+name]; n > 1 {
				name = fmt.Sprintf("%s (%d)", name, n)
			}
			c = &junitCase{Class: class, Name: name, File: xmlText(locate(result).file), Time: "0"}
			cases, known[key] = append(cases, c), c
		}
		c.note(result, r)
	}
	if cases == nil { // some CI systems take a report without test cases for a mistake
		cases = []*junitCase{{Class: "enmesh.job", Name: "job", Time: "0", Skipped: &junitSkipped{Message: "there are no pods"}}}
	}
	return cases
}

// junitName returns the class and the name of a result's test case, and what all results of the test case have in common.
func junitName(r report.Result) (class, name string, key any) {
	switch {
	case r.Reason == report.JobFailed:
		class, name, key = "enmesh.job", "job", report.JobFailed
	case r.Pod != nil:
		class, name, key = "enmesh.pods", r.Resource.String(), r.Pod
		if r.Pod.Template != "" {
			name += ": " + r.Pod.Template
		}
	case r.Resource.Kind != "":
		class, name, key = "enmesh.objects", r.Resource.String(), r.Resource
	default:
		class, name = "enmesh.input", r.Rule
		if r.Field != "" {
			name += ": " + r.Field
		}
		key = name
	}
	return class, xmlText(report.Printable(name)), key
}

// note adds a result to its test case.
func (c *junitCase) note(result report.Result, r report.Report) {
	if result.Pod != nil && !result.IsFinding && !result.Pod.Outcome.IsSelected() {
		c.Skipped = &junitSkipped{Message: xmlText(string(result.Reason) + ": " + report.Printable(result.Message))}
		return
	}
	line := result.String()
	if result.Reason == report.JobFailed {
		line = r.Error
	}
	c.lines = append(c.lines, xmlText(report.Printable(line)))
	if result.Fails && c.Failure == nil {
		c.Failure = &junitFailure{Type: result.Rule, Message: xmlText(report.Printable(entry{Result: result}.text()))}
	}
}

// add adds a test case, which is complete.
func (s *junitSuite) add(c *junitCase) {
	text := strings.Join(c.lines, "\n")
	s.Tests++
	switch {
	case c.Failure != nil:
		c.Failure.Text, c.Skipped = text, nil
		s.Failures++
	case text != "":
		c.Output = &junitOutput{Text: text}
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"` // CI systems ask for one, and a report is the same each time
	Cases    []*junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Time    string        `xml:"time,attr"`
	Skipped *junitSkipped `xml:"skipped"`
	Failure *junitFailure `xml:"failure"`
	Output  *junitOutput  `xml:"system-out"`

	lines []string
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

type junitOutput struct {
	Text string `xml:",cdata"`
}

// xmlText replaces the characters that XML has no way to write.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, text)
}
