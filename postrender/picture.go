package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn"
)

// picture writes the report as Markdown: what forges and editors show beside the manifests. A Mermaid flowchart says who may
// call whom, and tables say the rest.
func (r report) picture() []byte {
	var b bytes.Buffer
	b.WriteString("# The mesh as it comes out\n\n")
	if r.Error != "" {
		fmt.Fprintf(&b, "**The job failed, and nothing was written:** %s\n\n", escape(r.Error))
	}
	fmt.Fprintf(&b, "%s.\n", r.counts())
	if len(r.podsOf(func(p fn.Pod) bool { return p.Verdict != "" })) > 0 {
		r.flowchart(&b)
	}
	if len(r.Pods) > 0 {
		r.podTable(&b)
	}
	if len(r.Objects) > 0 {
		b.WriteString("\n## Other objects\n\n")
		for _, o := range r.Objects {
			fmt.Fprintf(&b, "- %s: %s\n", escape(o.Resource.String()), escape(o.Message))
		}
	}
	r.findingTable(&b)
	return b.Bytes()
}

// verdicts in the order in which they are told.
var verdicts = []fn.Verdict{fn.VerdictSPIRE, fn.VerdictIstiodCA, fn.VerdictRefused, fn.VerdictBare}

// meaning says a verdict of pods.
var meaning = map[fn.Verdict]string{
	fn.VerdictSPIRE:    "with an identity from SPIRE",
	fn.VerdictIstiodCA: "with an identity from istiod's CA",
	fn.VerdictRefused:  "refused",
	fn.VerdictBare:     "outside the mesh",
}

// counts says how many pods there are, and what becomes of them.
func (r report) counts() string {
	var counts []string
	for _, v := range verdicts {
		if n := len(r.podsOf(func(p fn.Pod) bool { return p.Verdict == v })); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, meaning[v]))
		}
	}
	pods := fmt.Sprintf("%d pods", len(r.Pods))
	switch len(r.Pods) {
	case 0:
		pods = "No pods"
	case 1:
		pods = "1 pod"
	}
	if len(counts) == 0 {
		return pods
	}
	return pods + ": " + strings.Join(counts, ", ")
}

func (r report) podsOf(is func(fn.Pod) bool) []fn.Pod {
	var pods []fn.Pod
	for _, p := range r.Pods {
		if is(p) {
			pods = append(pods, p)
		}
	}
	return pods
}

// podTable has a row for each pod.
func (r report) podTable(b *bytes.Buffer) {
	b.WriteString("\n## Pods\n\n| pod of | outcome | verdict | identity | mutual TLS | findings |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range r.Pods {
		identity := cmp.Or(p.SPIFFEID, dash(string(p.VerdictReason)))
		findings := reasons(p)
		slices.Sort(findings)
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", escape(p.Resource.String()), p.Reason, dash(string(p.Verdict)), escape(identity),
			escape(dash(mutualTLS(p))), dash(strings.Join(slices.Compact(findings), ", ")))
	}
}

// findingTable has a row for each finding, with all that it was found about.
func (r report) findingTable(b *bytes.Buffer) {
	type row struct{ reason, severity, message, remedy string }
	about := map[row][]string{}
	var rows []row
	add := func(resource fn.ResourceRef, f fn.Finding) {
		key := row{string(f.Reason), string(f.Severity), told(f), f.Remedy}
		if about[key] == nil {
			rows = append(rows, key)
		}
		about[key] = append(about[key], escape(resource.String()))
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
	rank := map[string]int{string(fn.Error): 0, string(fn.Warning): 1, string(fn.Info): 2}
	slices.SortStableFunc(rows, func(a, b row) int { return rank[a.severity] - rank[b.severity] })
	b.WriteString("\n## Findings\n\n| finding | severity | about | meaning | remedy |\n| --- | --- | --- | --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", row.reason, row.severity, strings.Join(about[row], ", "), escape(row.message), escape(row.remedy))
	}
}

// escape makes text safe in a cell of a Markdown table: it is shown as it is.
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
