package page

import (
	"fmt"
	"slices"
	"strconv"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/version"
)

// header is the first screen: the result in a sentence, what to look at first, and the counts.
func (p *page) header() g.Node {
	return el("header",
		el("p", class("title"), word("Mesh report")),
		el("h1", class("result "+p.state()), icon(p.state()), el("span", text(p.headline()+"."))),
		g.If(p.Error != "", el("p", class("error"), text(p.Error))),
		p.attention(),
		p.counts(),
		p.origin(),
	)
}

// headline is the result in one sentence.
func (p *page) headline() string {
	n, total := p.Verdicts[string(outcome.SPIRE)], len(p.Pods)
	switch {
	case p.Error != "":
		return "The job failed, and nothing was written"
	case n == total && n == 1:
		return "The pod is in the mesh, with an identity from SPIRE"
	case n == total && n > 0:
		return fmt.Sprintf("All %d pods are in the mesh, with an identity from SPIRE", n)
	case n > 0:
		return fmt.Sprintf("%d of %d pods are in the mesh, with an identity from SPIRE", n, total)
	case p.HasVerdicts() && total == 1:
		return "The pod gets no identity from SPIRE"
	case p.HasVerdicts():
		return fmt.Sprintf("None of the %d pods gets an identity from SPIRE", total)
	}
	return p.VerdictCounts()
}

// state is the icon and the colour of the result: bad if the job failed, note if there is something to look at.
func (p *page) state() string {
	switch {
	case p.Error != "":
		return "bad"
	case len(p.outside()) > 0, slices.ContainsFunc(p.found, func(f report.Found) bool { return f.Severity != outcome.Info && !f.Accepted }):
		return "note"
	}
	return "ok"
}

// outside are the pods that are selected and get no identity from SPIRE, though nothing accepts that.
func (p *page) outside() (pods []int) {
	for i := range p.Pods {
		if pod := &p.Pods[i]; pod.Outcome.IsSelected() && pod.Verdict != "" && pod.Verdict != outcome.SPIRE && !pod.VerdictAccepted {
			pods = append(pods, i)
		}
	}
	return pods
}

// reasonLink names a reason, and links to the finding if it is one of the page.
func (p *page) reasonLink(reason outcome.Reason) g.Node {
	if anchor := p.reasons[reason]; anchor != "" {
		return el("a", href("#"+anchor), text(string(reason)))
	}
	return text(string(reason))
}

// counts are the numbers of pods by verdict and by outcome, and of findings by severity.
func (p *page) counts() g.Node {
	if len(p.Pods) == 0 && len(p.found) == 0 {
		return nil
	}
	return el("div", class("counts"),
		g.If(p.HasVerdicts(), el("section", attr("aria-label", "Pods by verdict"), el("h2", word("Pods by verdict")), p.bar(), p.verdictTiles())),
		el("div", class("columns"),
			g.If(len(p.Pods) > 0, el("section", el("h2", word("Pods by outcome")), p.outcomeCounts())),
			el("section", el("h2", word("Findings by severity")), p.severityCounts()),
		),
	)
}

// bar is the verdicts' share of the pods.
func (p *page) bar() g.Node {
	total, at := 0, 0
	for _, n := range p.Verdicts {
		total += n
	}
	var parts []g.Node
	for _, v := range outcome.Verdicts() {
		if n := p.Verdicts[string(v)]; n > 0 {
			parts = append(parts, el("rect", class(look[v]), attr("x", strconv.Itoa(at)), attr("width", strconv.Itoa(n)), attr("height", "1")))
			at += n
		}
	}
	return el("svg", class("bar"), attr("viewBox", fmt.Sprintf("0 0 %d 1", total)), attr("preserveAspectRatio", "none"), attr("aria-hidden", "true"), g.Group(parts))
}

func (p *page) verdictTiles() g.Node {
	return el("ul", class("tiles"), g.Map(outcome.Verdicts(), func(v outcome.Verdict) g.Node {
		n := p.Verdicts[string(v)]
		if n == 0 {
			return nil
		}
		return el("li", el("a", href("#pods"), attr("data-filter", "verdict"), attr("data-value", string(v)),
			el("span", class("number"), word(strconv.Itoa(n))), verdictMark(v), el("span", class("meaning"), word(v.Meaning()))))
	}))
}

func (p *page) outcomeCounts() g.Node {
	return el("dl", class("numbers"), g.Map(p.Outcomes(), func(name string) g.Node {
		e, _ := verdict.Explain(outcome.Reason(name))
		return el("div", el("dt", el("span", class("number"), word(strconv.Itoa(p.Summary[name]))), text(name)), el("dd", text(e.Meaning)))
	}))
}

func (p *page) severityCounts() g.Node {
	severities, accepted, failing := map[outcome.Severity]int{}, 0, 0
	for _, f := range p.found {
		n := max(1, len(f.About))
		severities[f.Severity] += n
		if f.Accepted {
			accepted += n
		}
		if f.Fails {
			failing += n
		}
	}
	if len(severities) == 0 {
		return el("p", word("No findings."))
	}
	row := func(n int, of g.Node, meaning string) g.Node {
		if n == 0 {
			return nil
		}
		return el("div", el("dt", el("span", class("number"), word(strconv.Itoa(n))), of), el("dd", word(meaning)))
	}
	return el("dl", class("numbers"),
		g.Map(outcome.Severities(), func(s outcome.Severity) g.Node {
			return row(severities[s], el("a", href("#findings"), severityMark(s)), "")
		}),
		row(failing, el("strong", class("fails"), word("fail the job")), ""),
		row(accepted, el("span", class("accepted"), word("accepted")), "of these, so they fail nothing"),
	)
}

// origin says what the page was made of, and by which version.
func (p *page) origin() g.Node {
	var names []g.Node
	for _, e := range p.Edits() {
		names = append(names, code(e.Stream.Name))
	}
	var preset g.Node
	if p.Preset != nil {
		preset = el("p", text("The "+p.Preset.Sentence()+"."))
	}
	return el("div", class("origin"),
		el("p", text("enmesh "+version.String())),
		preset,
		g.If(names != nil, el("div", el("span", word("Input: ")), firstOf(6, "files", names))),
	)
}
