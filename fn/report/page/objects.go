package page

import (
	"fmt"

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
	all, number := outcome.Assumed(p.Pods)
	if len(all) == 0 {
		return nil
	}
	return []g.Node{
		el("p", class("lead"), word("No manifest at hand shows these. The report:")),
		el("ul", class("assumed"), g.Map(all, func(a outcome.Assumption) g.Node {
			return el("li", text(fmt.Sprintf("assumes that %s (%s)", a.Message, count(number[a], "pod", "pods"))))
		})),
	}
}
