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
		p.facts(pod),
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

// facts are what the row of the pod does not say.
func (p *page) facts(pod *outcome.Pod) g.Node {
	var verdictFact, entries, replicas, ports, changed []g.Node
	if pod.Verdict != "" && pod.Verdict != outcome.SPIRE {
		verdictFact = append(verdictFact, g.Group{verdictMark(pod.Verdict), word(" " + pod.Verdict.Meaning())})
	}
	if pod.VerdictReason != "" {
		e, _ := verdict.Explain(pod.VerdictReason)
		verdictFact = append(verdictFact, g.Group{word("because of "), p.reasonLink(pod.VerdictReason), text(": " + e.Meaning)})
	}
	for _, e := range pod.Entries {
		entries = append(entries, entry(e, pod))
	}
	if pod.Replicas != nil {
		replicas = append(replicas, word(strconv.Itoa(*pod.Replicas)))
	}
	for _, mode := range report.PortModes(*pod) {
		port, how, _ := strings.Cut(mode, "=")
		ports = append(ports, text("port "+port+": "+how))
	}
	if !p.brief {
		for _, field := range pod.Changes {
			changed = append(changed, code(field))
		}
	}
	return el("dl", class("facts"),
		fact("verdict", verdictFact...),
		fact("registered as", entries...),
		fact("pods", replicas...),
		fact("mutual TLS", ports...),
		fact("fields that change", changed...),
	)
}

// entry is a registration entry of SPIRE. It names the identity if that is not the pod's.
func entry(e outcome.Entry, pod *outcome.Pod) g.Node {
	return g.Group{
		g.If(e.SPIFFEID != pod.SPIFFEID, g.Group{code(e.SPIFFEID), word(", ")}),
		g.Map(e.Selectors, func(s string) g.Node { return g.Group{code(s), word(" ")} }),
		g.If(e.Hint != "", g.Group{word("with the hint "), code(e.Hint)}),
	}
}

func (p *page) podFindings(pod *outcome.Pod) g.Node {
	if len(pod.Findings) == 0 {
		return nil
	}
	return g.Group{el("h4", word("Findings")), el("ul", class("found"), g.Map(pod.Findings, func(f outcome.Finding) g.Node {
		return el("li", severityMark(f.Severity), word(" "), p.reasonLink(f.Reason), gateMarks(f.Fails, f.Accepted), meaning(f), remedy(f),
			g.If(f.Line > 0, el("p", class("line"), wordf("line %d of ", f.Line), text(pod.Place.Stream))))
	}))}
}

// meaning is what a finding says.
func meaning(f outcome.Finding) g.Node {
	return el("p", class("meaning"), g.If(f.Field != "", g.Group{code(f.Field), word(": ")}), text(f.Message))
}

// remedy is what to do about a finding.
func remedy(f outcome.Finding) g.Node {
	return g.If(f.Remedy != "", el("p", class("remedy"), el("b", word("Remedy: ")), text(f.Remedy)))
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
	return g.Group{el("h4", word("Assumes that")), el("ul", class("assumed"), g.Map(pod.Assumptions, func(a outcome.Assumption) g.Node {
		return el("li", text(a.Message))
	}))}
}
