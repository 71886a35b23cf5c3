package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn/outcome"
)

// Markdown is the form for code hosts and editors. A Mermaid flowchart shows who can call whom, and tables show the rest.
func (r Report) Markdown() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Mesh report\n\n")
	if r.Error != "" {
		fmt.Fprintf(&b, "**The job failed, and nothing was written:** %s\n\n", escape(r.Error))
	}
	fmt.Fprintf(&b, "%s.\n", r.VerdictCounts())
	if r.Preset != nil {
		fmt.Fprintf(&b, "\nThe %s.\n", escape(r.Preset.Sentence()))
	}
	if r.HasVerdicts() {
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
	if lines := r.Assumed(); len(lines) > 0 {
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

// VerdictCounts returns the number of pods, by verdict: "2 pods: 1 with an identity from SPIRE, 1 outside the mesh".
func (r Report) VerdictCounts() string {
	var counts []string
	for _, v := range outcome.Verdicts() {
		if n := r.Verdicts[string(v)]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, verdictTexts[v]))
		}
	}
	text := pods(len(r.Pods))
	if len(counts) == 0 {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text + ": " + strings.Join(counts, ", ")
}

// HasVerdicts says whether a pod has a verdict. None has one in the mode Unenroll.
func (r Report) HasVerdicts() bool { return len(r.Verdicts) > 0 }

// podTable has a row for each pod.
func (r Report) podTable(b *bytes.Buffer) {
	b.WriteString("\n## Pods\n\n| pod of | outcome | verdict | identity | mutual TLS | findings |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range r.Pods {
		identity := cmp.Or(p.SPIFFEID, orDash(string(p.VerdictReason)))
		findings := findingReasons(p)
		slices.Sort(findings)
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", escape(p.Resource.String()), p.Outcome, orDash(string(p.Verdict)), escape(identity),
			escape(orDash(MutualTLSModes(p))), orDash(strings.Join(slices.Compact(findings), ", ")))
	}
}

// findingTable has a row for each finding, with all the objects that have it.
func (r Report) findingTable(b *bytes.Buffer) {
	found := r.Found()
	if len(found) == 0 {
		return
	}
	b.WriteString("\n## Findings\n\n| finding | severity | about | meaning | remedy |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range found {
		about := []string{"the input"}
		if f.About != nil {
			about = nil
		}
		for _, a := range f.About {
			about = append(about, escape(a.Resource.String()))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", f.Reason, severityText(f.Severity, f.Accepted, f.Fails), strings.Join(about, ", "),
			escape(withField(f.Field, f.Message)), escape(f.Remedy))
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
