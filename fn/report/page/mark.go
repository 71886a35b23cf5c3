package page

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// clean makes untrusted text safe to show: it spells out control characters, and those that turn the direction of text.
func clean(s string) string { return strings.ToValidUTF8(report.Printable(s), "\uFFFD") }

// cleanLine is clean for a line of a manifest, which may have tabs, and ends with a carriage return where lines do.
func cleanLine(s string) string {
	parts := strings.Split(strings.TrimSuffix(s, "\r"), "\t")
	for i, part := range parts {
		parts[i] = clean(part)
	}
	return strings.Join(parts, "\t")
}

// code is untrusted text that is a path, a name or an identity.
func code(s string) g.Node { return el("code", text(s)) }

// symbols are the drawings that icons refer to. There is a word beside each icon.
func symbols() g.Node {
	return el("svg", class("symbols"), attr("aria-hidden", "true"), g.Raw(
		`<symbol id="i-ok" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8"/><path d="M4 8.5l2.7 2.7L12 5.5"/></symbol>`+
			`<symbol id="i-note" viewBox="0 0 16 16"><path class="body" d="M8 .8 15.8 15H.2z"/><path d="M8 6v4M8 12.2v.6"/></symbol>`+
			`<symbol id="i-bad" viewBox="0 0 16 16"><path class="body" d="M5 0h6l5 5v6l-5 5H5l-5-5V5z"/><path d="M5 5l6 6M11 5l-6 6"/></symbol>`+
			`<symbol id="i-lost" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8"/><path d="M8 3.8V8l2.8 2.2"/></symbol>`+
			`<symbol id="i-bare" viewBox="0 0 16 16"><circle class="ring" cx="8" cy="8" r="6.5"/></symbol>`+
			`<symbol id="i-info" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8"/><path d="M8 7.2v4.6M8 4.2v.6"/></symbol>`))
}

// icon draws one of the symbols.
func icon(name string) g.Node {
	return el("svg", class("i"), attr("aria-hidden", "true"), el("use", href("#i-"+name)))
}

// look is the name of the icon and the colour of a verdict.
var look = map[outcome.Verdict]string{
	outcome.SPIRE:        "ok",
	outcome.IstiodCA:     "note",
	outcome.Unregistered: "lost",
	outcome.Refused:      "bad",
	outcome.Bare:         "bare",
}

// severityLook is the name of the icon and the colour of a severity.
var severityLook = map[outcome.Severity]string{outcome.Error: "bad", outcome.Warning: "note", outcome.Info: "info"}

// mark is a word with an icon and a colour.
func mark(look string, word string) g.Node {
	return el("span", class("mark "+look), icon(look), text(word))
}

func verdictMark(v outcome.Verdict) g.Node {
	if v == "" {
		return none()
	}
	return mark(look[v], string(v))
}

func severityMark(s outcome.Severity) g.Node { return mark(severityLook[s], string(s)) }

// gateMarks say that something fails the job, or that it is accepted.
func gateMarks(fails, accepted bool) g.Node {
	return g.Group{
		g.If(fails, el("strong", class("fails"), word("fails the job"))),
		g.If(accepted, el("span", class("accepted"), word("accepted"))),
	}
}

// none is what an empty cell shows.
func none() g.Node { return word("–") }

// count is a number of things: "1 pod", "2 pods".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// firstOf shows the first nodes and, if there are many, folds the others away.
func firstOf(most int, what string, nodes []g.Node) g.Node {
	list := func(nodes []g.Node) g.Node {
		return el("ul", class("line"), g.Map(nodes, func(n g.Node) g.Node { return el("li", n) }))
	}
	if len(nodes) <= most+1 {
		return list(nodes)
	}
	return g.Group{list(nodes[:most]), el("details", class("rest"), el("summary", text(strings.TrimSpace(fmt.Sprintf("and %d more %s", len(nodes)-most, what)))), list(nodes[most:]))}
}

// podLink names a pod, and links to its row.
func (p *page) podLink(pod int) g.Node {
	return el("a", href("#"+p.pods[pod]), text(podName(&p.Pods[pod])))
}
