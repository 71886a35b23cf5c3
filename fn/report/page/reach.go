package page

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// reach is a picture of the clients on the left, the servers on the right, and what becomes of the calls between them.
func (p *page) reach() []g.Node {
	if !p.HasVerdicts() {
		return nil
	}
	clients := p.Clients()
	nodes := []g.Node{h.P(h.Class("lead"), g.Text("Each box on the right is a group of pods that treat their clients in the same way. On the left is who calls them, and what becomes of it."))}
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
		calls = append(calls, arrow("caller", c.Kind, p.calledBy(c, s), report.Call{How: c.How(), Refused: c.Refused}))
	}
	if calls == nil {
		calls = []g.Node{h.Li(h.Class("nobody"), g.Text("Nobody reaches them."))}
	}
	return h.Article(h.Class("servers"), h.ID("to_"+s.ID),
		h.Ul(h.Class("calls"), h.Aria("label", "Clients"), g.Group(calls)),
		h.Div(h.Class("server "+look[s.Verdict]),
			h.H3(g.Text(s.Title)),
			h.P(verdictMark(s.Verdict), g.Text(" "+count(len(s.Pods), "pod", "pods"))),
			p.podsOf(s),
		),
	)
}

// arrow draws one client and what becomes of its calls.
func arrow(look, client string, called g.Node, call report.Call) g.Node {
	class, shown := "served", look
	switch {
	case call.Refused:
		class = "refused"
	case call.Conditional:
		class = "conditional"
	}
	dot := icon("bare")
	if shown != "caller" {
		dot = icon(shown)
	}
	return h.Li(h.Class(class),
		h.Div(h.Class("client "+shown), dot, h.Span(g.Text(client), called)),
		h.Div(h.Class("arrow"), h.Span(g.Text(call.How))),
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
	return h.Div(h.Class("called"), g.Text("calls"), firstOf(3, "", names))
}

// maxListed is how many pods of a group the picture lists. More are grouped by namespace, to unfold.
const maxListed = 12

func (p *page) podsOf(s report.Servers) g.Node {
	list := func(pods []int) g.Node { return h.Ul(h.Class("members"), g.Map(pods, p.member)) }
	if len(s.Pods) <= maxListed {
		return list(s.Pods)
	}
	return g.Map(p.ByNamespace(s.Pods), func(n report.Namespace) g.Node {
		return h.Details(h.Summary(text(n.Name), h.Span(h.Class("count"), g.Text(count(len(n.Pods), "pod", "pods")))), list(n.Pods))
	})
}

// member names a pod with its identity, and the ports that differ.
func (p *page) member(i int) g.Node {
	pod := &p.Pods[i]
	ports := report.PortModes(*pod)
	return h.Li(p.podLink(i),
		g.Iff(len(ports) > 0, func() g.Node { return h.Span(h.Class("ports"), text(" ("+strings.Join(ports, ", ")+")")) }),
		g.Iff(pod.SPIFFEID != "" && pod.Verdict == outcome.SPIRE, func() g.Node { return h.Div(h.Class("identity"), code(pod.SPIFFEID)) }),
	)
}

// callers is a table of the clients that manifests name.
func (p *page) callers() g.Node {
	calls := p.NamedCalls()
	if len(calls) == 0 {
		return nil
	}
	return g.Group{
		h.H3(h.ID("callers"), g.Text("Callers")),
		h.P(h.Class("lead"), g.Text("The clients that manifests name, and what becomes of their calls.")),
		table("callers", []string{"client", "by", "identity", "call", "pods"}, g.Map(calls, func(c report.NamedCall) g.Node {
			return h.Tr(h.Th(h.Scope("row"), text(c.Caller)), h.Td(text(c.By.String())), h.Td(orNone(c.Identity)), h.Td(callMark(c.Refused, c.Text)),
				h.Td(firstOf(4, "", p.called(c.Called))))
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
func table(class string, columns []string, rows g.Node) g.Node {
	return h.Div(h.Class("scroll"), h.TabIndex("0"), h.Role("region"), h.Aria("label", class), h.Table(h.Class(class),
		h.THead(h.Tr(g.Map(columns, func(c string) g.Node { return h.Th(h.Scope("col"), g.Text(c)) }))), h.TBody(rows)))
}

func orNone(s string) g.Node {
	if s == "" {
		return none()
	}
	return code(s)
}
