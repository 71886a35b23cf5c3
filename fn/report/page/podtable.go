package page

import (
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// podColumns are the columns of the table of pods. The style names them once more, for narrow screens.
var podColumns = []string{"pod of", "outcome", "verdict", "role", "mutual TLS", "entries", "findings", "place"}

// podTable has two rows for each pod: what is known of it at a glance, and its message, which unfolds to all the rest.
func (p *page) podTable() []g.Node {
	if len(p.Pods) == 0 {
		return nil
	}
	rows := make([]g.Node, len(p.Pods))
	for i := range p.Pods {
		rows[i] = p.podRows(i)
	}
	return []g.Node{
		p.filters(),
		h.P(h.Class("shown"), g.El("output", h.ID("shown"), g.Text(count(len(p.Pods), "pod", "pods")))),
		g.If(p.brief, h.P(h.Class("lead"), g.Textf("There are more than %d pods, so the page leaves out their fields that change, their assumptions and their diffs. "+
			"The report in JSON has the fields and assumptions, and enmesh --diff writes the diffs.", maxDetailed))),
		h.P(h.Class("paper"), g.Text("On paper, only the pods that fail the job and those that you unfold show their details.")),
		h.Table(h.Class("pods"), h.Caption(g.Text("The pods, in the order of the input")),
			h.THead(h.Tr(g.Map(podColumns, func(c string) g.Node { return h.Th(h.Scope("col"), g.Text(c)) }))), g.Group(rows)),
	}
}

func (p *page) podRows(i int) g.Node {
	pod := &p.Pods[i]
	return g.Group{g.Raw("\n"), h.TBody(h.ID(p.pods[i]), g.If(pod.Fails, h.Class("failing")),
		attr("data-verdict", string(pod.Verdict)), attr("data-namespace", pod.Resource.Namespace), h.Data("severity", severities(pod)),
		h.Tr(
			h.Th(h.Scope("row"), podTitle(pod)),
			h.Td(text(string(pod.Outcome)), g.If(pod.Fails, gateMarks(true, false))),
			h.Td(verdictMark(pod.Verdict), g.Iff(pod.VerdictReason != "", func() g.Node {
				return h.Div(p.reasonLink(pod.VerdictReason), gateMarks(false, pod.VerdictAccepted))
			})),
			h.Td(wordOrNone(string(pod.Role))),
			h.Td(lines(report.MutualTLSModes(*pod))),
			h.Td(g.Text(strconv.Itoa(len(pod.Entries)))),
			h.Td(p.findingMarks(pod)),
			h.Td(h.Class("place"), text(pod.Place.String())),
		),
		h.Tr(h.Class("more"), h.Td(h.ColSpan(strconv.Itoa(len(podColumns))), h.Details(h.Summary(message(pod)), p.details(i)))),
	)}
}

// podTitle is the kind of a pod's object, and its name.
func podTitle(pod *outcome.Pod) g.Node {
	r := pod.Resource
	kind := r.Kind
	r.Kind = ""
	return g.Group{
		h.Span(h.Class("kind"), text(kind+" ")),
		text(strings.TrimSpace(r.String())),
		g.If(pod.Template != "", h.Div(h.Class("identity"), code(pod.Template))),
	}
}

// message is what was decided of a pod, with its identity.
func message(pod *outcome.Pod) g.Node {
	if before, found := strings.CutSuffix(pod.Message, pod.SPIFFEID); found && pod.SPIFFEID != "" {
		return g.Group{text(before), code(pod.SPIFFEID)}
	}
	return g.Group{text(pod.Message), g.If(pod.SPIFFEID != "", g.Group{g.Text(" "), code(pod.SPIFFEID)})}
}

func lines(list string) g.Node {
	if list == "" {
		return none()
	}
	return g.Map(strings.Split(list, ","), func(one string) g.Node { return h.Div(text(one)) })
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
		return h.Div(h.Class("mark "+severityLook[f.Severity]), icon(severityLook[f.Severity]), h.Span(h.Class("hidden"), g.Text(string(f.Severity)+" ")), p.reasonLink(f.Reason))
	})
}

// severities are the severities of a pod's findings, each once, and whether something of it fails the job: "error warning fails".
func severities(pod *outcome.Pod) string {
	var words []string
	add := func(word string) {
		if !slices.Contains(words, word) {
			words = append(words, word)
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
	return h.Div(h.Class("filters"), h.ID("filters"), h.Role("search"), h.Aria("label", "Filter the pods"), g.Attr("hidden"),
		h.LabelEl(g.Text("Text"), h.Input(h.Type("search"), h.ID("filter-text"), h.Placeholder("name, identity, reason, place"))),
		choice("verdict", "Verdict", verdicts, ""),
		choice("namespace", "Namespace", slices.Compact(namespaces), "no namespace"),
		choice("severity", "Findings", []string{"error", "warning", "info", "none", "fails"}, ""),
		h.Div(h.Class("buttons"),
			h.Button(h.Type("button"), h.ID("clear"), g.Text("Show all")),
			h.Button(h.Type("button"), h.ID("unfold"), g.Attr("aria-pressed", "false"), g.Text("Unfold"))),
	)
}

// choice is a filter with a list of values. The value "-" stands for an empty one.
func choice(name, title string, values []string, empty string) g.Node {
	words := map[string]string{"": empty, "none": "no finding", "fails": "fails the job"}
	return h.LabelEl(g.Text(title), h.Select(h.ID("filter-"+name), h.Option(h.Value(""), g.Text("all")), g.Map(values, func(value string) g.Node {
		word, known := words[value]
		switch {
		case value == "":
			value = "-"
		case name == "namespace" || !known:
			word = value
		}
		return h.Option(attr("value", value), text(word))
	})))
}
