package page

import (
	"strings"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// reach is a picture of the clients on the left, the servers on the right, and what becomes of the calls between them.
func (p *page) reach() []g.Node {
	if !p.HasVerdicts() {
		return nil
	}
	clients := p.Clients()
	nodes := []g.Node{el("p", class("lead"), word("Each box on the right is a group of pods that treat their clients in the same way. On the left is who calls them, and what becomes of it."))}
	for _, s := range p.Servers() {
		nodes = append(nodes, p.servers(s, clients))
	}
	return append(nodes, p.callers())
}

// servers draws one group of servers with its clients.
func (p *page) servers(s report.Servers, clients []report.Clients) g.Node {
	var calls []g.Node
	for _, c := range clients {
		if call, any := s.CallFrom(c.Verdict); any {
			calls = append(calls, arrow(look[c.Verdict], c.Title, nil, call))
		}
	}
	for _, c := range p.Callers(s) {
		calls = append(calls, arrow("bare", c.Kind, p.calledBy(c, s), c.Call()))
	}
	if calls == nil {
		calls = []g.Node{el("li", class("nobody"), word("Nobody reaches them."))}
	}
	return el("article", class("servers"), id("to_"+s.ID),
		el("ul", class("calls"), attr("aria-label", "Clients"), g.Group(calls)),
		el("div", class("server "+look[s.Verdict]),
			el("h3", text(s.Title)),
			el("p", verdictMark(s.Verdict), word(" "+count(len(s.Pods), "pod", "pods"))),
			p.podsOf(s),
		),
	)
}

// arrow draws one client and what becomes of its calls.
func arrow(look, client string, called g.Node, call report.Call) g.Node {
	fate := "plain"
	switch {
	case call.Refused:
		fate = "refused"
	case call.Conditional:
		fate = "conditional"
	case call.MutualTLS:
		fate = "mutual"
	}
	return el("li", class(fate),
		el("div", class("client "+look), icon(look), el("span", text(client), called)),
		el("div", class("arrow"), el("span", text(call.How))),
	)
}

// calledBy says which of the servers a client calls, if it does not call all of them.
func (p *page) calledBy(c report.Callers, s report.Servers) g.Node {
	if len(c.Pods) == len(s.Pods) {
		return nil
	}
	var names []g.Node
	for _, i := range c.Pods {
		names = append(names, p.podLink(i))
	}
	return el("div", class("called"), word("calls"), firstOf(3, "", names))
}

// maxListed is how many pods of a group the picture lists. More are grouped by namespace, to unfold.
const maxListed = 8

func (p *page) podsOf(s report.Servers) g.Node {
	list := func(pods []int) g.Node {
		return el("ul", class("members"), g.Map(pods, func(i int) g.Node { return later(func() g.Node { return p.member(i) }) }))
	}
	if len(s.Pods) <= maxListed {
		return list(s.Pods)
	}
	return g.Map(p.ByNamespace(s.Pods), func(n report.Namespace) g.Node {
		return el("details", el("summary", text(n.Name), el("span", class("count"), word(count(len(n.Pods), "pod", "pods")))), list(n.Pods))
	})
}

// member names a pod with its identity, and the ports that differ.
func (p *page) member(i int) g.Node {
	pod := &p.Pods[i]
	ports := report.PortModes(*pod)
	return el("li", p.podLink(i),
		g.Iff(len(ports) > 0, func() g.Node { return el("span", class("ports"), text(" ("+strings.Join(ports, ", ")+")")) }),
		g.Iff(pod.SPIFFEID != "" && pod.Verdict == outcome.SPIRE, func() g.Node { return el("div", class("identity"), code(pod.SPIFFEID)) }),
	)
}

// callers is a table of the clients that manifests name.
func (p *page) callers() g.Node {
	calls := p.NamedCalls()
	if len(calls) == 0 {
		return nil
	}
	return g.Group{
		el("h3", id("callers"), word("Callers")),
		el("p", class("lead"), word("The clients that manifests name, and what becomes of their calls.")),
		table("callers", []string{"client", "by", "identity", "call", "pods"}, g.Map(calls, func(c report.NamedCall) g.Node {
			return el("tr", el("th", attr("scope", "row"), text(c.Caller)), el("td", text(c.By.String())), el("td", orNone(c.Identity)), el("td", callMark(c.Refused, c.Text)),
				el("td", firstOf(4, "", p.called(c.Called))))
		})),
	}
}

func (p *page) called(called []report.Called) (nodes []g.Node) {
	for _, c := range called {
		nodes = append(nodes, g.Group{p.podLink(c.Pod), g.If(c.Port != "", text(", port "+c.Port))})
	}
	return nodes
}

func callMark(refused bool, how string) g.Node {
	if refused {
		return mark("bad", how)
	}
	return text(how)
}

// table is a table whose rows may be wider than the screen.
func table(name string, columns []string, rows g.Node) g.Node {
	return el("div", class("scroll"), attr("tabindex", "0"), attr("role", "region"), attr("aria-label", name), el("table", class(name),
		el("thead", el("tr", g.Map(columns, func(c string) g.Node { return el("th", attr("scope", "col"), word(c)) }))), el("tbody", rows)))
}

func orNone(s string) g.Node {
	if s == "" {
		return none()
	}
	return code(s)
}
