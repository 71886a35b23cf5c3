package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn/outcome"
)

// serverGroup is a group of pods that treat their clients in the same way.
type serverGroup struct {
	id, title      string
	fromMesh       string // how clients in the mesh reach the pods; "" draws no arrow
	fromOutside    string // how clients outside the mesh reach them; "" draws no arrow
	refusesOutside bool
	matches        func(outcome.Pod) bool
}

const (
	overMutualTLS = "mutual TLS"
	overPlainText = "plain text"
)

// serverGroups by what they require of their clients. A PeerAuthentication does not apply to the listeners of a gateway.
var serverGroups = []serverGroup{
	{id: "gateway", title: "gateways", fromOutside: "as their Gateway configures",
		matches: func(p outcome.Pod) bool { return p.Verdict.InMesh() && p.Role == outcome.Gateway }},
	{id: "bypassed", title: "no traffic reaches the proxy", fromMesh: overPlainText, fromOutside: overPlainText, matches: isBypassed},
	{id: "strict", title: "mutual TLS required: STRICT", fromMesh: overMutualTLS, fromOutside: "refused", refusesOutside: true,
		matches: func(p outcome.Pod) bool { return hasMode(p, "STRICT") && !hasOpenPorts(p) }},
	{id: "partly", title: "mutual TLS required, but not on all ports", fromMesh: overMutualTLS, fromOutside: "plain text on some ports",
		matches: func(p outcome.Pod) bool { return hasMode(p, "STRICT") && hasOpenPorts(p) }},
	{id: "permissive", title: "mutual TLS and plain text: PERMISSIVE", fromMesh: overMutualTLS, fromOutside: overPlainText,
		matches: func(p outcome.Pod) bool { return hasMode(p, "PERMISSIVE") }},
	{id: "unsaid", title: "no mode in these manifests: PERMISSIVE, unless the cluster sets another", fromMesh: overMutualTLS, fromOutside: overPlainText,
		matches: func(p outcome.Pod) bool { return hasMode(p, "") }},
	{id: "disabled", title: "no mutual TLS: DISABLE", fromMesh: overPlainText, fromOutside: overPlainText,
		matches: func(p outcome.Pod) bool { return hasMode(p, "DISABLE") }},
	{id: "outside", title: "outside the mesh", fromMesh: overPlainText, fromOutside: overPlainText,
		matches: func(p outcome.Pod) bool { return p.Verdict == outcome.Bare }},
	{id: "unready", title: "without an identity: their proxies never become ready",
		matches: func(p outcome.Pod) bool { return p.Verdict == outcome.Unregistered }},
	{id: "never", title: "refused: they never run",
		matches: func(p outcome.Pod) bool { return p.Verdict == outcome.Refused }},
}

// hasMode says whether the pod is a sidecar in the mesh whose own mode of mutual TLS this is, and that receives traffic by its proxy.
func hasMode(p outcome.Pod, mode string) bool {
	return p.Verdict.InMesh() && p.Role != outcome.Gateway && p.MutualTLS == mode && !isBypassed(p)
}

// isBypassed says whether no client of the pod reaches its proxy.
func isBypassed(p outcome.Pod) bool {
	return p.Verdict.InMesh() && slices.Contains(p.BypassedPorts, "*")
}

// hasOpenPorts says whether some ports of a pod that requires mutual TLS are reached without it.
func hasOpenPorts(p outcome.Pod) bool {
	for _, mode := range p.MutualTLSPorts {
		if mode != "STRICT" {
			return true
		}
	}
	return len(p.BypassedPorts) > 0
}

// clientVerdicts are the groups of clients. A pod that is refused, or whose proxy never becomes ready, calls nobody.
var clientVerdicts = []outcome.Verdict{outcome.SPIRE, outcome.IstiodCA, outcome.Bare}

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
	var callers []outcome.Verdict
	for _, v := range clientVerdicts {
		pods := r.podsOf(func(p outcome.Pod) bool { return p.Verdict == v })
		title := fmt.Sprintf("clients %s: %d", verdictTexts[v], len(pods))
		if v == outcome.Bare {
			title += " here, and all others"
		} else if len(pods) == 0 {
			continue
		}
		fmt.Fprintf(b, "  from_%s([\"%s\"])\n", v, nodeText(title))
		callers = append(callers, v)
	}
	r.callerNodes(b)
	for _, s := range serverGroups {
		for _, v := range outcome.Verdicts() {
			pods := r.podsOf(func(p outcome.Pod) bool { return p.Verdict == v && s.matches(p) })
			if len(pods) == 0 {
				continue
			}
			fmt.Fprintf(b, "  to_%s_%s[\"%s%s\"]:::%s\n", s.id, v, nodeText(s.title), podLines(pods), v)
			for _, c := range callers {
				fmt.Fprintf(b, "  from_%s %s to_%s_%s\n", c, s.edge(c, v), s.id, v)
			}
			r.callers(b, fmt.Sprintf("to_%s_%s", s.id, v), pods)
		}
	}
	for _, v := range outcome.Verdicts() {
		fmt.Fprintf(b, "  classDef %s %s\n", v, nodeStyles[v])
	}
	b.WriteString("```\n")
}

// podLines has a line for each pod or, if they are more than maxListed, one for each namespace.
func podLines(pods []outcome.Pod) string {
	var b strings.Builder
	b.WriteString("<br/>")
	if len(pods) > maxListed {
		b.WriteString(namespaceLines(pods))
		return b.String()
	}
	for _, p := range pods {
		b.WriteString("<br/>" + nodeText(p.Resource.String()))
		if ports := portModes(p); len(ports) > 0 {
			b.WriteString(nodeText(" (" + strings.Join(ports, ",") + ")"))
		}
	}
	return b.String()
}

// namespaceLines has a line for each namespace, with the number of its pods and the names of a few, up to maxListed.
func namespaceLines(pods []outcome.Pod) string {
	var b strings.Builder
	names := map[string][]string{}
	var namespaces []string
	for _, p := range pods {
		if names[p.Resource.Namespace] == nil {
			namespaces = append(namespaces, p.Resource.Namespace)
		}
		names[p.Resource.Namespace] = append(names[p.Resource.Namespace], p.Resource.Name)
	}
	for i, namespace := range namespaces {
		if i == maxListed {
			fmt.Fprintf(&b, "<br/>and %d more namespaces", len(namespaces)-i)
			break
		}
		own := names[namespace]
		b.WriteString("<br/>" + nodeText(fmt.Sprintf("%s: %d (%s)", cmp.Or(namespace, "no namespace"), len(own), few(own, ", "))))
	}
	return b.String()
}

// edge returns the arrow from clients to servers with these verdicts. An invisible arrow keeps the servers on the right. Pods with
// identities from two issuers accept each other only if the mesh trusts both.
func (s serverGroup) edge(from, to outcome.Verdict) string {
	text := s.fromMesh
	if from == outcome.Bare {
		text = s.fromOutside
	}
	switch {
	case text == "":
		return "~~~"
	case from == outcome.Bare && s.refusesOutside:
		return "--x|" + text + "|"
	case text == overMutualTLS && from != to:
		return "-.->|" + text + ", if the issuers trust each other|"
	}
	return "-->|" + text + "|"
}

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
