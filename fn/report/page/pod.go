package page

import (
	"fmt"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
)

// details is all that the report says of one pod.
func (p *page) details(i int) g.Node {
	pod := &p.Pods[i]
	return h.Div(h.Class("details"),
		p.podFindings(pod),
		h.Dl(h.Class("facts"), p.facts(pod)),
		p.podCallers(pod),
		g.Iff(!p.brief, func() g.Node { return podAssumptions(pod) }),
		p.podChange(i),
	)
}

// fact is one thing that is known, and nothing if it is empty.
func fact(name string, values ...g.Node) g.Node {
	if len(values) == 0 {
		return nil
	}
	return h.Div(h.Dt(g.Text(name)), g.Map(values, func(v g.Node) g.Node { return h.Dd(v) }))
}

func (p *page) facts(pod *outcome.Pod) g.Node {
	var verdictFact, identity, entries, replicas, modes, changed []g.Node
	if pod.Verdict != "" {
		verdictFact = append(verdictFact, g.Group{verdictMark(pod.Verdict), g.Text(" " + pod.Verdict.Meaning())})
	}
	if pod.VerdictReason != "" {
		e, _ := verdict.Explain(pod.VerdictReason)
		verdictFact = append(verdictFact, g.Group{g.Text("because of "), p.reasonLink(pod.VerdictReason), g.If(e.Meaning != "", text(": "+e.Meaning)),
			gateMarks(false, pod.VerdictAccepted)})
	}
	if pod.SPIFFEID != "" {
		identity = append(identity, code(pod.SPIFFEID))
	}
	for _, e := range pod.Entries {
		entries = append(entries, entry(e))
	}
	if pod.Replicas != nil {
		replicas = append(replicas, g.Text(strconv.Itoa(*pod.Replicas)))
	}
	if pod.MutualTLS != "" {
		modes = append(modes, text(pod.MutualTLS))
	}
	for _, mode := range report.PortModes(*pod) {
		port, word, _ := strings.Cut(mode, "=")
		modes = append(modes, text("port "+port+": "+word))
	}
	if !p.brief {
		for _, field := range pod.Changes {
			changed = append(changed, code(field))
		}
	}
	return g.Group{
		fact("outcome", g.Group{text(string(pod.Outcome) + ": " + pod.Message), gateMarks(pod.Fails, false)}),
		fact("verdict", verdictFact...),
		fact("identity", identity...),
		fact("registration entries", entries...),
		fact("pods", replicas...),
		fact("mutual TLS", modes...),
		fact("fields that change", changed...),
	}
}

// entry is a registration entry of SPIRE.
func entry(e outcome.Entry) g.Node {
	return g.Group{code(e.SPIFFEID), g.Text(" selected by "), h.Span(g.Map(e.Selectors, func(s string) g.Node { return g.Group{code(s), g.Text(" ")} })),
		g.If(e.Hint != "", g.Group{g.Text("with the hint "), code(e.Hint)})}
}

func (p *page) podFindings(pod *outcome.Pod) g.Node {
	if len(pod.Findings) == 0 {
		return nil
	}
	return g.Group{h.H4(g.Text("Findings")), h.Ul(h.Class("found"), g.Map(pod.Findings, func(f outcome.Finding) g.Node {
		return h.Li(severityMark(f.Severity), g.Text(" "), p.reasonLink(f.Reason), gateMarks(f.Fails, f.Accepted), meaning(f),
			g.If(f.Line > 0, h.P(h.Class("line"), g.Text(fmt.Sprintf("line %d of ", f.Line)), text(pod.Place.Stream))))
	}))}
}

// meaning is what a finding says, and its remedy.
func meaning(f outcome.Finding) g.Node {
	return g.Group{
		h.P(h.Class("meaning"), g.If(f.Field != "", g.Group{code(f.Field), g.Text(": ")}), text(f.Message)),
		g.If(f.Remedy != "", h.P(h.Class("remedy"), h.B(g.Text("Remedy: ")), text(f.Remedy))),
	}
}

func (p *page) podCallers(pod *outcome.Pod) g.Node {
	if len(pod.ReachedBy) == 0 {
		return nil
	}
	return g.Group{h.H4(g.Text("Callers")), table("callers", []string{"client", "by", "identity", "port", "call"}, g.Map(pod.ReachedBy, func(c outcome.Caller) g.Node {
		return h.Tr(h.Th(h.Scope("row"), text(c.Caller)), h.Td(text(c.By.String())), h.Td(orNone(c.Identity)), h.Td(wordOrNone(c.Port)), h.Td(callMark(c.Refused, report.CallText(c))))
	}))}
}

func podAssumptions(pod *outcome.Pod) g.Node {
	if len(pod.Assumptions) == 0 {
		return nil
	}
	return g.Group{h.H4(g.Text("Assumptions")), h.Ul(h.Class("assumed"), g.Map(pod.Assumptions, func(a outcome.Assumption) g.Node {
		return h.Li(text("assumes that " + a.Message))
	}))}
}
