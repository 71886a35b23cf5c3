package page

import (
	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
)

// objects lists what was done to objects that are not pods.
func (p *page) objects() []g.Node {
	if len(p.Objects) == 0 {
		return nil
	}
	return []g.Node{table("objects", []string{"object", "outcome", "meaning", "place"}, g.Map(p.Objects, func(o outcome.Object) g.Node {
		return el("tr", el("th", attr("scope", "row"), text(o.Resource.String())), el("td", text(string(o.Outcome)), gateMarks(o.Fails, false)), el("td", text(o.Message)),
			el("td", class("place"), text(o.Place.String())))
	}))}
}

// order lists the steps in which the change is safe.
func (p *page) order() []g.Node {
	if len(p.Order) == 0 {
		return nil
	}
	return []g.Node{el("ol", g.Map(p.Order, func(step string) g.Node { return el("li", text(step)) }))}
}

// assumptions lists what the verdicts take for granted.
func (p *page) assumptions() []g.Node {
	lines := p.Assumed()
	if len(lines) == 0 {
		return nil
	}
	return []g.Node{
		el("p", class("lead"), word("No manifest at hand shows these. The report:")),
		el("ul", class("assumed"), g.Map(lines, func(line string) g.Node { return el("li", text(line)) })),
	}
}
