package page

import (
	"strconv"
	"strings"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
)

// details is all that the report says of one pod.
func (p *page) details(i int) g.Node {
	pod := &p.Pods[i]
	return el("div", class("details"),
		p.podFindings(pod),
		el("dl", class("facts"), p.facts(pod)),
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
	return el("div", el("dt", word(name)), g.Map(values, func(v g.Node) g.Node { return el("dd", v) }))
}

func (p *page) facts(pod *outcome.Pod) g.Node {
	var verdictFact, identity, entries, replicas, modes, changed []g.Node
	if pod.Verdict != "" {
		verdictFact = append(verdictFact, g.Group{verdictMark(pod.Verdict), word(" " + pod.Verdict.Meaning())})
	}
	if pod.VerdictReason != "" {
		e, _ := verdict.Explain(pod.VerdictReason)
		verdictFact = append(verdictFact, g.Group{word("because of "), p.reasonLink(pod.VerdictReason), g.If(e.Meaning != "", text(": "+e.Meaning)),
			gateMarks(false, pod.VerdictAccepted)})
	}
	if pod.SPIFFEID != "" {
		identity = append(identity, code(pod.SPIFFEID))
	}
	for _, e := range pod.Entries {
		entries = append(entries, entry(e))
	}
	if pod.Replicas != nil {
		replicas = append(replicas, word(strconv.Itoa(*pod.Replicas)))
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
	return g.Group{code(e.SPIFFEID), word(" selected by "), el("span", g.Map(e.Selectors, func(s string) g.Node { return g.Group{code(s), word(" ")} })),
		g.If(e.Hint != "", g.Group{word("with the hint "), code(e.Hint)})}
}

func (p *page) podFindings(pod *outcome.Pod) g.Node {
	if len(pod.Findings) == 0 {
		return nil
	}
	return g.Group{el("h4", word("Findings")), el("ul", class("found"), g.Map(pod.Findings, func(f outcome.Finding) g.Node {
		return el("li", severityMark(f.Severity), word(" "), p.reasonLink(f.Reason), gateMarks(f.Fails, f.Accepted), meaning(f),
			g.If(f.Line > 0, el("p", class("line"), wordf("line %d of ", f.Line), text(pod.Place.Stream))))
	}))}
}

// meaning is what a finding says, and its remedy.
func meaning(f outcome.Finding) g.Node {
	return g.Group{
		el("p", class("meaning"), g.If(f.Field != "", g.Group{code(f.Field), word(": ")}), text(f.Message)),
		g.If(f.Remedy != "", el("p", class("remedy"), el("b", word("Remedy: ")), text(f.Remedy))),
	}
}

func (p *page) podCallers(pod *outcome.Pod) g.Node {
	if len(pod.ReachedBy) == 0 {
		return nil
	}
	return g.Group{el("h4", word("Callers")), table("callers", []string{"client", "by", "identity", "port", "call"}, g.Map(pod.ReachedBy, func(c outcome.Caller) g.Node {
		return el("tr", el("th", attr("scope", "row"), text(c.Caller)), el("td", text(c.By.String())), el("td", orNone(c.Identity)), el("td", wordOrNone(c.Port)), el("td", callMark(c.Refused, report.CallText(c))))
	}))}
}

func podAssumptions(pod *outcome.Pod) g.Node {
	if len(pod.Assumptions) == 0 {
		return nil
	}
	return g.Group{el("h4", word("Assumptions")), el("ul", class("assumed"), g.Map(pod.Assumptions, func(a outcome.Assumption) g.Node {
		return el("li", text("assumes that "+a.Message))
	}))}
}
