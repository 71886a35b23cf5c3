package page

import (
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// podColumns are the columns of the table of pods. The style names them once more, for narrow screens.
var podColumns = []string{"pod of", "outcome", "verdict", "role", "mutual TLS", "entries", "findings"}

// podTable has two rows for each pod: what is known of it at a glance, and its message and place, which unfold to all the rest.
func (p *page) podTable() []g.Node {
	if len(p.Pods) == 0 {
		return nil
	}
	rows := make([]g.Node, len(p.Pods))
	for i := range p.Pods {
		rows[i] = later(func() g.Node { return p.podRows(i) })
	}
	return []g.Node{
		p.filters(),
		el("p", class("shown"), el("output", id("shown"), word(count(len(p.Pods), "pod", "pods")))),
		g.If(p.brief, el("p", class("lead"), wordf("There are more than %d pods, so the page leaves out their fields that change, their assumptions and their diffs. "+
			"The report in JSON has the fields and assumptions, and enmesh --diff writes the diffs.", maxDetailed))),
		el("p", class("paper"), word("On paper, only the pods that fail the job and those that you unfold show their details.")),
		el("table", class("pods"), el("caption", class("hidden"), word("The pods, in the order of the input")),
			el("thead", el("tr", g.Map(podColumns, func(c string) g.Node { return el("th", attr("scope", "col"), word(c)) }))), g.Group(rows)),
	}
}

func (p *page) podRows(i int) g.Node {
	pod := &p.Pods[i]
	return g.Group{g.Raw("\n"), el("tbody", id(p.pods[i]), g.If(pod.Fails, class("failing")),
		attr("data-verdict", string(pod.Verdict)), attr("data-namespace", pod.Resource.Namespace), attr("data-severity", severities(pod)),
		el("tr",
			el("th", attr("scope", "row"), podTitle(pod)),
			el("td", text(string(pod.Outcome)), g.If(pod.Fails, gateMarks(true, false))),
			el("td", verdictMark(pod.Verdict), g.Iff(pod.VerdictReason != "", func() g.Node {
				return el("div", p.reasonLink(pod.VerdictReason), gateMarks(false, pod.VerdictAccepted))
			})),
			el("td", wordOrNone(string(pod.Role))),
			el("td", lines(report.MutualTLSModes(*pod))),
			el("td", word(strconv.Itoa(len(pod.Entries)))),
			el("td", p.findingMarks(pod)),
		),
		el("tr", class("more"), el("td", attr("colspan", strconv.Itoa(len(podColumns))), el("details", el("summary", message(pod), el("span", class("place"), text(pod.Place.String()))), p.details(i)))),
	)}
}

// podTitle is the kind of a pod's object, and its name.
func podTitle(pod *outcome.Pod) g.Node {
	r := pod.Resource
	kind := r.Kind
	r.Kind = ""
	return g.Group{
		el("span", class("kind"), text(kind+" ")),
		text(strings.TrimSpace(r.String())),
		g.If(pod.Template != "", el("div", class("identity"), code(pod.Template))),
	}
}

// message is what was decided of a pod, with its identity.
func message(pod *outcome.Pod) g.Node {
	if before, found := strings.CutSuffix(pod.Message, pod.SPIFFEID); found && pod.SPIFFEID != "" {
		return g.Group{text(before), code(pod.SPIFFEID)}
	}
	return g.Group{text(pod.Message), g.If(pod.SPIFFEID != "", g.Group{word(" "), code(pod.SPIFFEID)})}
}

func lines(list string) g.Node {
	if list == "" {
		return none()
	}
	if !strings.Contains(list, ",") {
		return text(list)
	}
	return g.Map(strings.Split(list, ","), func(one string) g.Node { return el("div", text(one)) })
}

func wordOrNone(s string) g.Node {
	if s == "" {
		return none()
	}
	return text(s)
}

// findingMarks has each severity of a pod's findings once, with their reasons.
func (p *page) findingMarks(pod *outcome.Pod) g.Node {
	if len(pod.Findings) == 0 {
		return none()
	}
	var shown []outcome.Reason
	return g.Map(pod.Findings, func(f outcome.Finding) g.Node {
		if slices.Contains(shown, f.Reason) {
			return nil
		}
		shown = append(shown, f.Reason)
		return el("div", class("mark "+severityLook[f.Severity]), icon(severityLook[f.Severity]), el("span", class("hidden"), word(string(f.Severity)+" ")), p.reasonLink(f.Reason))
	})
}

// severities are the severities of a pod's findings, each once, and whether something of it fails the job: "error warning fails".
func severities(pod *outcome.Pod) string {
	var words []string
	add := func(one string) {
		if !slices.Contains(words, one) {
			words = append(words, one)
		}
	}
	for _, f := range pod.Findings {
		add(string(f.Severity))
		if f.Fails {
			add("fails")
		}
	}
	if len(words) == 0 {
		add("none")
	}
	if pod.Fails {
		add("fails")
	}
	return strings.Join(words, " ")
}

// filters are the controls that the script turns on. Without it they stay hidden.
func (p *page) filters() g.Node {
	var namespaces, verdicts []string
	for i := range p.Pods {
		namespaces = append(namespaces, p.Pods[i].Resource.Namespace)
	}
	slices.Sort(namespaces)
	for _, v := range outcome.Verdicts() {
		if p.Verdicts[string(v)] > 0 {
			verdicts = append(verdicts, string(v))
		}
	}
	return el("div", class("filters"), id("filters"), attr("role", "search"), attr("aria-label", "Filter the pods"), flag("hidden"),
		el("label", word("Text"), el("input", attr("type", "search"), id("filter-text"), attr("placeholder", "name, identity, reason, place"))),
		choice("verdict", "Verdict", verdicts, ""),
		choice("namespace", "Namespace", slices.Compact(namespaces), "no namespace"),
		choice("severity", "Findings", []string{"error", "warning", "info", "none", "fails"}, ""),
		el("div", class("buttons"),
			el("button", attr("type", "button"), id("clear"), word("Show all")),
			el("button", attr("type", "button"), id("unfold"), attr("aria-pressed", "false"), word("Unfold"))),
	)
}

// choice is a filter with a list of values. The value "-" stands for an empty one.
func choice(name, title string, values []string, empty string) g.Node {
	words := map[string]string{"": empty, "none": "no finding", "fails": "fails the job"}
	return el("label", word(title), el("select", id("filter-"+name), el("option", attr("value", ""), word("all")), g.Map(values, func(value string) g.Node {
		shown, known := words[value]
		switch {
		case value == "":
			value = "-"
		case name == "namespace" || !known:
			shown = value
		}
		return el("option", attr("value", value), text(shown))
	})))
}
