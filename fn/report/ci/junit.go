package ci

import (
	"bytes"
	"fmt"
	"strings"

	"enmesh.dev/enmesh/fn/report"
)

// JUnitStart is how each report in the form JUnit starts.
const JUnitStart = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="enmesh"`

// JUnit is the form of the XML files that JUnit writes, which most CI systems read. A test case is a pod, another object that was added or
// has findings, a finding about the input, or the error of the job. It fails exactly if what it is about fails the job. Its text has all
// that was found, also what does not fail the job. A pod that is not selected is skipped.
func JUnit(r report.Report) ([]byte, error) {
	cases := testCases(r)
	failures, skipped := 0, 0
	for _, c := range cases {
		switch {
		case c.failure != nil:
			failures++
		case c.skipped != "":
			skipped++
		}
	}
	counts := fmt.Sprintf(`name="enmesh" tests="%d" failures="%d" errors="0" skipped="%d" time="0"`, len(cases), failures, skipped)
	var b bytes.Buffer
	b.WriteString(strings.TrimSuffix(JUnitStart, `name="enmesh"`) + counts + ">\n  <testsuite " + counts + ">\n")
	for _, c := range cases {
		c.write(&b)
	}
	b.WriteString("  </testsuite>\n</testsuites>\n")
	return b.Bytes(), nil
}

// testCase is a test case of JUnit.
type testCase struct {
	class, name, file string
	skipped           string         // why it is skipped, or ""
	failure           *report.Result // the first that fails the job, or nil
	lines             []string       // what was found
}

// testCases makes the test cases. Names that are equal get a number, because CI systems tell test cases apart by them.
func testCases(r report.Report) []*testCase {
	var cases []*testCase
	known, names := map[any]*testCase{}, map[string]int{}
	for result := range r.All() {
		class, name, key := caseOf(result)
		c := known[key]
		if c == nil {
			names[class+name]++
			if n := names[class+name]; n > 1 {
				name = fmt.Sprintf("%s (%d)", name, n)
			}
			c = &testCase{class: class, name: name, file: locate(result).file}
			cases, known[key] = append(cases, c), c
		}
		c.add(result, r)
	}
	if cases == nil { // some CI systems take a report without test cases for a mistake
		cases = []*testCase{{class: "enmesh.job", name: "job", skipped: "there are no pods"}}
	}
	return cases
}

// caseOf returns the class and the name of a result's test case, and what all results of the test case have in common.
func caseOf(r report.Result) (class, name string, key any) {
	switch {
	case r.Reason == report.JobFailed:
		return "enmesh.job", "job", report.JobFailed
	case r.Pod != nil && r.Pod.Template != "":
		return "enmesh.pods", r.Resource.String() + ": " + r.Pod.Template, r.Pod
	case r.Pod != nil:
		return "enmesh.pods", r.Resource.String(), r.Pod
	case r.Resource.Kind != "":
		return "enmesh.objects", r.Resource.String(), r.Resource
	}
	name = strings.TrimSuffix(r.Rule+": "+r.Field, ": ")
	return "enmesh.input", name, name
}

// add adds a result.
func (c *testCase) add(result report.Result, r report.Report) {
	if result.Pod != nil && !result.IsFinding && !result.Pod.Outcome.IsSelected() {
		c.skipped = string(result.Reason) + ": " + result.Message
		return
	}
	line := result.String()
	if result.Reason == report.JobFailed {
		line = r.Error
	}
	c.lines = append(c.lines, line)
	if result.Fails && c.failure == nil {
		c.failure = &result
	}
}

// write writes the test case in XML. Its time is 0: CI systems ask for one, and a report of the same input is the same each time.
//
// The package encoding/xml would do this too, but cost each start of enmesh half a millisecond, for tables that are not used here.
func (c *testCase) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "    <testcase classname=%s name=%s", attribute(c.class), attribute(c.name))
	if c.file != "" {
		fmt.Fprintf(b, " file=%s", attribute(c.file))
	}
	b.WriteString(" time=\"0\">\n")
	switch text := characters(c.lines); {
	case c.failure != nil:
		fmt.Fprintf(b, "      <failure type=%s message=%s>%s</failure>\n", attribute(c.failure.Rule), attribute(entry{Result: *c.failure}.text()), text)
	default:
		if c.skipped != "" {
			fmt.Fprintf(b, "      <skipped message=%s/>\n", attribute(c.skipped))
		}
		if c.lines != nil {
			fmt.Fprintf(b, "      <system-out>%s</system-out>\n", text)
		}
	}
	b.WriteString("    </testcase>\n")
}
