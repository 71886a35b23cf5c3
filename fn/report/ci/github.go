package ci

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// GitHubStarts are how reports in the form of GitHub start.
var GitHubStarts = []string{"::error title=enmesh ", "::warning title=enmesh ", "::notice title=enmesh "}

// GitHub is the form of the annotations of GitHub Actions: a command to the runner for each entry, but for those that are accepted. The
// runner shows ten of a severity for each step, so what fails the job comes first. Where no line is known, GitHub shows line 1.
func GitHub(r report.Report) ([]byte, error) {
	all := slices.DeleteFunc(entries(r), func(e entry) bool { return e.Accepted })
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(gitHubRank(a), gitHubRank(b)) })
	var b bytes.Buffer
	for _, e := range all {
		fmt.Fprintln(&b, report.Printable(gitHubCommand(e)))
	}
	return b.Bytes(), nil
}

var gitHubNames = map[outcome.Severity]string{outcome.Error: "error", outcome.Warning: "warning", outcome.Info: "notice"}

func gitHubRank(e entry) int {
	rank := 2 * e.Severity.Rank()
	if !e.Fails {
		rank++
	}
	return rank
}

func gitHubCommand(e entry) string {
	properties := "title=" + gitHubProperty.Replace("enmesh "+e.Rule)
	if e.file != "" {
		properties += ",file=" + gitHubProperty.Replace(e.file)
	}
	if e.line > 0 {
		properties += fmt.Sprintf(",line=%d", e.line)
	}
	text := e.text()
	if e.failsUnusually() {
		text = "fails the job: " + text
	}
	return "::" + gitHubNames[e.Severity] + " " + properties + "::" + gitHubText.Replace(text)
}

// What is escaped in a command: in its text, and in its properties.
var (
	gitHubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	gitHubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
