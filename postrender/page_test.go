package postrender

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// requirePage: the HTML page has everything that the report for programs has, and its picture draws no arrow that a pod contradicts.
func requirePage(t *testing.T, r report.Report, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	if r.Error != "" {
		require.Contains(t, textIn(find(doc, "header", "")[0]), report.Printable(r.Error))
		require.Contains(t, textIn(find(doc, "h1", "")[0]), "The job failed")
	}
	rows := find(doc, "tbody", "")
	rows = slices.DeleteFunc(rows, func(n *html.Node) bool { return !isClass(n.Parent, "pods") })
	require.Len(t, rows, len(r.Pods))
	ids := map[string]int{}
	for i, p := range r.Pods {
		ids[attribute(rows[i], "id")] = i
		requireRow(t, p, rows[i])
	}
	require.Len(t, ids, len(r.Pods))
	requireFindings(t, r, doc)
	requireServers(t, r, doc, ids)
	for _, o := range r.Objects {
		require.Contains(t, textIn(find(doc, "table", "objects")[0]), report.Printable(o.Resource.String())+string(o.Outcome))
	}
	text := textIn(doc)
	for _, step := range r.Order {
		require.Contains(t, text, report.Printable(step))
	}
}

// requireRow: the row of a pod says its outcome, verdict and role, and unfolds to all the rest.
func requireRow(t *testing.T, p outcome.Pod, row *html.Node) {
	t.Helper()
	cells := find(find(row, "tr", "")[0], "td", "")
	name := report.Printable(p.Resource.String())
	require.Contains(t, textIn(find(row, "th", "")[0]), name)
	require.Contains(t, textIn(cells[0]), string(p.Outcome), name)
	require.Equal(t, p.Fails, strings.Contains(textIn(cells[0]), "fails the job"), name)
	want := string(p.Verdict)
	if want == "" {
		want = "–"
	}
	require.Equal(t, want+string(p.VerdictReason), strings.TrimSuffix(textIn(cells[1]), "accepted"), name)
	require.Equal(t, string(p.Verdict), attribute(row, "data-verdict"))
	require.Equal(t, fmt.Sprint(len(p.Entries)), textIn(cells[4]))
	all := textIn(row)
	for _, mode := range strings.Split(report.MutualTLSModes(p), ",") {
		require.Contains(t, textIn(cells[3]), report.Printable(mode))
	}
	require.Contains(t, all, report.Printable(p.SPIFFEID))
	require.Contains(t, all, report.Printable(p.Place.String()))
	for _, e := range p.Entries {
		require.Contains(t, all, report.Printable(e.SPIFFEID))
		for _, s := range e.Selectors {
			require.Contains(t, all, report.Printable(s))
		}
	}
	for _, f := range p.Findings {
		require.Contains(t, textIn(cells[5]), string(f.Reason))
		require.Contains(t, strings.Fields(attribute(row, "data-severity")), string(f.Severity))
		require.Contains(t, all, report.Printable(f.Message), name)
		require.Contains(t, all, report.Printable(f.Remedy), name)
	}
	for _, c := range p.ReachedBy {
		require.Contains(t, all, report.Printable(c.By.String()))
	}
	for _, a := range p.Assumptions {
		require.Contains(t, all, report.Printable(a.Message))
	}
	for _, field := range p.Changes {
		require.Contains(t, all, report.Printable(field))
	}
}

// requireFindings: each finding is in the section of findings, with its severity, and marked if it fails the job or is accepted.
func requireFindings(t *testing.T, r report.Report, doc *html.Node) {
	t.Helper()
	articles := find(doc, "article", "finding")
	all := slices.Clone(r.Input)
	for _, p := range r.Pods {
		all = append(all, p.Findings...)
	}
	for _, f := range r.Findings {
		all = append(all, f.Finding)
	}
	require.Equal(t, len(all) == 0, len(articles) == 0)
	for _, f := range all {
		require.True(t, slices.ContainsFunc(articles, func(article *html.Node) bool {
			text := textIn(article)
			return strings.HasPrefix(textIn(find(article, "h3", "")[0]), string(f.Severity)+" "+string(f.Reason)) &&
				strings.Contains(text, report.Printable(f.Message)) && strings.Contains(text, report.Printable(f.Remedy)) &&
				(!f.Fails || strings.Contains(text, "fails the job")) && (!f.Accepted || strings.Contains(text, "accepted"))
		}), "%s %s: %s", f.Severity, f.Reason, f.Message)
	}
}

// requireServers: each pod that reaches the cluster is in one box, of its verdict, and the arrows to the box agree with what is said of the pod.
func requireServers(t *testing.T, r report.Report, doc *html.Node, ids map[string]int) {
	t.Helper()
	drawn := map[int]bool{}
	for _, servers := range find(doc, "article", "servers") {
		fates := map[string][]string{} // of the calls, by the client
		for _, call := range find(find(servers, "ul", "calls")[0], "li", "") {
			if clients := find(call, "div", "client"); len(clients) > 0 {
				client := textIn(clients[0].LastChild.FirstChild)
				fates[client] = append(fates[client], attribute(call, "class"))
			}
		}
		outside := fates["clients outside the mesh: "+fmt.Sprint(r.Verdicts[string(outcome.Bare)])+" here, and all others"]
		var members []outcome.Pod
		for _, list := range find(servers, "ul", "members") {
			for _, link := range find(list, "a", "") {
				i, known := ids[strings.TrimPrefix(attribute(link, "href"), "#")]
				require.True(t, known)
				require.False(t, drawn[i], "%s is in two boxes", r.Pods[i].Resource)
				drawn[i] = true
				members = append(members, r.Pods[i])
			}
		}
		require.NotEmpty(t, members)
		for _, p := range members {
			require.Equal(t, "to_", attribute(servers, "id")[:3])
			require.True(t, strings.HasSuffix(attribute(servers, "id"), "_"+string(p.Verdict)), p.Resource)
			every := p.MutualTLS == "STRICT" && len(p.BypassedPorts) == 0
			for _, mode := range p.MutualTLSPorts {
				every = every && mode == "STRICT"
			}
			refused := slices.Contains(outside, "refused")
			require.Equal(t, p.Verdict.InMesh() && p.Role != outcome.Gateway && every, refused, "%s: calls from outside", p.Resource)
			require.False(t, (p.Verdict == outcome.Refused || p.Verdict == outcome.Unregistered) && len(outside) > 0, "%s: calls", p.Resource)
			require.False(t, refused && slices.ContainsFunc(p.Findings, func(f outcome.Finding) bool { return f.Reason == "StrictNotApplied" }))
		}
		for _, caller := range []string{"API server", "kubelet", "scraper", "client outside of the mesh", outcome.MeshGateway} {
			calls := func(refused bool) bool {
				return slices.ContainsFunc(members, func(p outcome.Pod) bool {
					return slices.ContainsFunc(p.ReachedBy, func(c outcome.Caller) bool { return c.Caller == caller && c.Refused == refused })
				})
			}
			served := slices.Contains(fates[caller], "plain") || slices.Contains(fates[caller], "mutual")
			require.Equal(t, calls(true), slices.Contains(fates[caller], "refused"), "%s refused", caller)
			require.Equal(t, calls(false), served, "%s served", caller)
		}
	}
	for i, p := range r.Pods {
		require.Equal(t, p.Verdict != "", drawn[i], "%s in the picture", p.Resource)
	}
}

// find lists the elements with a tag and, unless it is empty, a class, in the order of the page.
func find(root *html.Node, tag, class string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (class == "" || isClass(n, class)) {
			found = append(found, n)
		}
	}
	return found
}

func isClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attribute(n, "class")), class)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textIn is the text of an element.
func textIn(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for n := range n.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}
