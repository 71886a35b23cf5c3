package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"enmesh.dev/enmesh/fn/outcome"
)

// objects lists what was done to objects that are not pods.
func (p *page) objects() []g.Node {
	if len(p.Objects) == 0 {
		return nil
	}
	return []g.Node{table("objects", []string{"object", "outcome", "meaning", "place"}, g.Map(p.Objects, func(o outcome.Object) g.Node {
		return h.Tr(h.Th(h.Scope("row"), text(o.Resource.String())), h.Td(text(string(o.Outcome)), gateMarks(o.Fails, false)), h.Td(text(o.Message)),
			h.Td(h.Class("place"), text(o.Place.String())))
	}))}
}

// order lists the steps in which the change is safe.
func (p *page) order() []g.Node {
	if len(p.Order) == 0 {
		return nil
	}
	return []g.Node{h.Ol(g.Map(p.Order, func(step string) g.Node { return h.Li(text(step)) }))}
}

// assumptions lists what the verdicts take for granted.
func (p *page) assumptions() []g.Node {
	all, number := outcome.Assumed(p.Pods)
	if len(all) == 0 {
		return nil
	}
	return []g.Node{
		h.P(h.Class("lead"), g.Text("No manifest at hand shows these. The report:")),
		h.Ul(h.Class("assumed"), g.Map(all, func(a outcome.Assumption) g.Node {
			return h.Li(text(fmt.Sprintf("assumes that %s (%s)", a.Message, count(number[a], "pod", "pods"))))
		})),
	}
}
