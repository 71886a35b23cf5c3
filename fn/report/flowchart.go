package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn/outcome"
)

// maxListed is how many pods of a group the flowchart lists, or how many namespaces, so that it stays on a screen. The table has them all.
const maxListed = 12

// nodeStyles are Mermaid styles by the verdict of the pods, for light and dark backgrounds.
var nodeStyles = map[outcome.Verdict]string{
	outcome.SPIRE:        "fill:#d5f5dd,stroke:#1a7f37,color:#000",
	outcome.IstiodCA:     "fill:#fff3c4,stroke:#9a6700,color:#000",
	outcome.Unregistered: "fill:#ffd7d5,stroke:#cf222e,color:#000,stroke-dasharray:4",
	outcome.Refused:      "fill:#ffd7d5,stroke:#cf222e,color:#000,stroke-dasharray:4",
	outcome.Bare:         "fill:#ffd7d5,stroke:#cf222e,color:#000",
}

// flowchart draws the pods as clients on the left and as servers on the right, and how the clients reach the servers.
func (r Report) flowchart(b *bytes.Buffer) {
	b.WriteString("\n```mermaid\n%%{init: {\"flowchart\": {\"wrappingWidth\": 400}}}%%\nflowchart LR\n")
	clients := r.Clients()
	for _, c := range clients {
		fmt.Fprintf(b, "  from_%s([\"%s\"])\n", c.Verdict, nodeText(c.Title))
	}
	for _, kind := range r.callerKinds() {
		fmt.Fprintf(b, "  %s([\"%s\"])\n", callerID(kind), nodeText(kind))
	}
	for _, s := range r.Servers() {
		node := "to_" + s.ID
		fmt.Fprintf(b, "  %s[\"%s%s\"]:::%s\n", node, nodeText(s.Title), r.podLines(s.Pods), s.Verdict)
		for _, c := range clients {
			fmt.Fprintf(b, "  from_%s %s %s\n", c.Verdict, s.edge(c.Verdict), node)
		}
		for _, c := range r.Callers(s) {
			fmt.Fprintf(b, "  %s %s %s\n", callerID(c.Kind), r.callerEdge(c), node)
		}
	}
	for _, v := range outcome.Verdicts() {
		fmt.Fprintf(b, "  classDef %s %s\n", v, nodeStyles[v])
	}
	b.WriteString("```\n")
}

// podLines has a line for each pod or, if they are more than maxListed, one for each namespace.
func (r Report) podLines(pods []int) string {
	var b strings.Builder
	b.WriteString("<br/>")
	if len(pods) > maxListed {
		b.WriteString(r.namespaceLines(pods))
		return b.String()
	}
	for _, i := range pods {
		b.WriteString("<br/>" + nodeText(r.Pods[i].Resource.String()))
		if ports := PortModes(r.Pods[i]); len(ports) > 0 {
			b.WriteString(nodeText(" (" + strings.Join(ports, ",") + ")"))
		}
	}
	return b.String()
}

// namespaceLines has a line for each namespace, with the number of its pods and the names of a few, up to maxListed.
func (r Report) namespaceLines(pods []int) string {
	var b strings.Builder
	groups := r.ByNamespace(pods)
	for i, group := range groups {
		if i == maxListed {
			fmt.Fprintf(&b, "<br/>and %d more namespaces", len(groups)-i)
			break
		}
		var names []string
		for _, i := range group.Pods {
			names = append(names, r.Pods[i].Resource.Name)
		}
		b.WriteString("<br/>" + nodeText(fmt.Sprintf("%s: %d (%s)", group.Name, len(names), few(names, ", "))))
	}
	return b.String()
}

// Namespace has the pods of one namespace.
type Namespace struct {
	Name string // or "no namespace"
	Pods []int
}

// ByNamespace groups pods, which are indexes in the report's, in the order in which their namespaces come first.
func (r Report) ByNamespace(pods []int) []Namespace {
	at := map[string]int{}
	var all []Namespace
	for _, i := range pods {
		name := cmp.Or(r.Pods[i].Resource.Namespace, "no namespace")
		if _, found := at[name]; !found {
			at[name] = len(all)
			all = append(all, Namespace{Name: name})
		}
		all[at[name]].Pods = append(all[at[name]].Pods, i)
	}
	return all
}

// edge returns the arrow from clients with a verdict. An invisible arrow keeps the servers on the right.
func (s Servers) edge(from outcome.Verdict) string {
	call, any := s.CallFrom(from)
	switch {
	case !any:
		return "~~~"
	case call.Refused:
		return "--x|" + call.How + "|"
	case call.Conditional:
		return "-.->|" + call.How + "|"
	}
	return "-->|" + call.How + "|"
}

// callerEdge returns the arrow from clients that manifests name. It is there only for what is called.
func (r Report) callerEdge(c Callers) string {
	var names []string
	for _, i := range c.Pods {
		names = append(names, r.Pods[i].Resource.String())
	}
	called := few(names, ", ")
	switch {
	case c.Refused:
		return "--x|" + nodeText("refused by "+called) + "|"
	case c.Kind == outcome.MeshGateway:
		return "-->|" + nodeText("calls "+called) + "|"
	}
	return "-->|" + nodeText(overPlainText+" to "+called) + "|"
}

// callerID is the name of a client's node.
func callerID(kind string) string { return "by_" + strings.ReplaceAll(kind, " ", "_") }

// nodeText makes text safe between the quotes of a Mermaid node. It replaces characters that no valid name has: Mermaid has
// escapes for them, but not every renderer shows those.
func nodeText(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_./:,()='", r) {
			return r
		}
		return '?'
	}, text)
}
