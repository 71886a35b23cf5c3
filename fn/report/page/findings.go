package page

import (
	"slices"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// findings groups the findings by reason, the errors first.
func (p *page) findings() []g.Node {
	type key struct {
		severity outcome.Severity
		reason   outcome.Reason
	}
	at := map[key]int{}
	var groups [][]report.Found
	for _, f := range p.found {
		k := key{f.Severity, f.Reason}
		n, found := at[k]
		if !found {
			n, at[k] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], f)
	}
	var nodes []g.Node
	linked := map[outcome.Reason]bool{}
	for _, group := range groups {
		reason := group[0].Reason
		anchor := p.reasons[reason]
		if linked[reason] { // the same reason with another severity
			anchor = p.anchors.unique("finding", string(reason))
		}
		linked[reason] = true
		nodes = append(nodes, p.findingGroup(anchor, group))
	}
	return nodes
}

// maxCases is how many findings with one reason the page shows without being unfolded.
const maxCases = 10

// findingGroup shows the findings with one reason and severity. What all of them share is said once.
func (p *page) findingGroup(anchor string, group []report.Found) g.Node {
	first := group[0]
	differs := func(f report.Found) bool { return f.Fails != first.Fails || f.Accepted != first.Accepted }
	alike := !slices.ContainsFunc(group, differs)
	shared := len(group) > 1 && !slices.ContainsFunc(group, func(f report.Found) bool { return f.Remedy != first.Remedy })
	cases := g.Map(group, func(f report.Found) g.Node {
		return later(func() g.Node {
			return el("div", class("case"), g.If(!alike, gateMarks(f.Fails, f.Accepted)), meaning(f.Finding), g.If(!shared, remedy(f.Finding)), p.about(f))
		})
	})
	shown := min(len(cases), maxCases)
	return el("article", class("finding "+severityLook[first.Severity]), id(anchor),
		el("h3", severityMark(first.Severity), word(" "), text(string(first.Reason)), g.If(alike, gateMarks(first.Fails, first.Accepted))),
		g.If(shared, remedy(first.Finding)),
		cases[:shown],
		g.If(shown < len(cases), el("details", class("rest"), el("summary", wordf("and %d more", len(cases)-shown)), cases[shown:])),
	)
}

// about lists the objects that have a finding.
func (p *page) about(f report.Found) g.Node {
	if len(f.About) == 0 {
		return el("p", class("about"), word("About the input as a whole"))
	}
	var names []g.Node
	for _, a := range f.About {
		if a.Pod >= 0 {
			names = append(names, p.podLink(a.Pod))
		} else {
			names = append(names, g.Group{text(a.Resource.String()), el("span", class("place"), text(" "+a.Place.String()))})
		}
	}
	return el("div", class("about"), el("span", word(count(len(names), "object", "objects")+": ")), firstOf(10, "", names))
}
