package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
)

// Markdown is the form for code hosts and editors. A Mermaid flowchart shows who can call whom, and tables show the rest.
func (r Report) Markdown() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Mesh report\n\n")
	if r.Error != "" {
		fmt.Fprintf(&b, "**The job failed, and nothing was written:** %s\n\n", escape(r.Error))
	}
	fmt.Fprintf(&b, "%s.\n", r.verdictCounts())
	if len(r.podsOf(func(p outcome.Pod) bool { return p.Verdict != "" })) > 0 {
		r.flowchart(&b)
	}
	if len(r.Pods) > 0 {
		r.podTable(&b)
		r.callerTable(&b)
	}
	if len(r.Objects) > 0 {
		b.WriteString("\n## Other objects\n\n")
		for _, o := range r.Objects {
			fmt.Fprintf(&b, "- %s: %s\n", escape(o.Resource.String()), escape(o.Message))
		}
	}
	r.findingTable(&b)
	if len(r.Order) > 0 {
		b.WriteString("\n## An order that is safe\n\n")
		for i, step := range r.Order {
			fmt.Fprintf(&b, "%d. %s\n", i+1, escape(step))
		}
	}
	if lines := r.assumed(); len(lines) > 0 {
		b.WriteString("\n## Assumptions\n\nNo manifest at hand shows these. The report:\n\n")
		for _, line := range lines {
			fmt.Fprintf(&b, "- %s\n", escape(line))
		}
	}
	return b.Bytes(), nil
}

// verdictTexts follow a number of pods, or "clients".
var verdictTexts = map[outcome.Verdict]string{
	outcome.SPIRE:        "with an identity from SPIRE",
	outcome.IstiodCA:     "with an identity from istiod's CA",
	outcome.Unregistered: "without an identity",
	outcome.Refused:      "refused",
	outcome.Bare:         "outside the mesh",
}

// verdictCounts returns the number of pods, by verdict.
func (r Report) verdictCounts() string {
	var counts []string
	for _, v := range outcome.Verdicts() {
		if n := len(r.podsOf(func(p outcome.Pod) bool { return p.Verdict == v })); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, verdictTexts[v]))
		}
	}
	text := pods(len(r.Pods))
	if len(counts) == 0 {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text + ": " + strings.Join(counts, ", ")
}

func (r Report) podsOf(matches func(outcome.Pod) bool) []outcome.Pod {
	var pods []outcome.Pod
	for _, p := range r.Pods {
		if matches(p) {
			pods = append(pods, p)
		}
	}
	return pods
}

// podTable has a row for each pod.
func (r Report) podTable(b *bytes.Buffer) {
	b.WriteString("\n## Pods\n\n| pod of | outcome | verdict | identity | mutual TLS | findings |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range r.Pods {
		identity := cmp.Or(p.SPIFFEID, orDash(string(p.VerdictReason)))
		findings := findingReasons(p)
		slices.Sort(findings)
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", escape(p.Resource.String()), p.Outcome, orDash(string(p.Verdict)), escape(identity),
			escape(orDash(mutualTLSModes(p))), orDash(strings.Join(slices.Compact(findings), ", ")))
	}
}

// findingTable has a row for each finding, with all the objects that have it.
func (r Report) findingTable(b *bytes.Buffer) {
	type row struct{ reason, severity, message, remedy string }
	resources := map[row][]string{}
	var rows []row
	add := func(resource manifest.ResourceRef, f outcome.Finding) {
		key := row{string(f.Reason), string(f.Severity), withField(f.Field, f.Message), f.Remedy}
		if resources[key] == nil {
			rows = append(rows, key)
		}
		resources[key] = append(resources[key], escape(resource.String()))
	}
	for _, p := range r.Pods {
		for _, f := range p.Findings {
			add(p.Resource, f)
		}
	}
	for _, f := range r.Findings {
		add(f.Resource, f.Finding)
	}
	if len(rows) == 0 {
		return
	}
	rank := map[string]int{string(outcome.Error): 0, string(outcome.Warning): 1, string(outcome.Info): 2}
	slices.SortStableFunc(rows, func(a, b row) int { return rank[a.severity] - rank[b.severity] })
	b.WriteString("\n## Findings\n\n| finding | severity | about | meaning | remedy |\n| --- | --- | --- | --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", row.reason, row.severity, strings.Join(resources[row], ", "), escape(row.message), escape(row.remedy))
	}
}

// escape makes Markdown show the text as it is, also in a cell of a table.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("&<>|`*_[]\\~@#", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
