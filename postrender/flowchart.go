package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"enmesh.dev/enmesh/fn"
)

// server is a group of pods that answer their clients in the same way.
type server struct {
	id, title string
	fromMesh  string // how clients in the mesh reach them, or ""
	outside   string // how clients outside of it do
	refuses   bool   // the latter
	is        func(fn.Pod) bool
}

const (
	mutual = "mutual TLS"
	plain  = "plain text"
)

// servers by what is asked of their clients. A gateway's listeners are not for a PeerAuthentication to decide about.
var servers = []server{
	{"gateway", "gateways", "", "as their Gateway says", false,
		func(p fn.Pod) bool { return p.Verdict.InMesh() && p.Role == fn.Gateway }},
	{"strict", "require mutual TLS: STRICT", mutual, "refused", true,
		func(p fn.Pod) bool { return asks(p, "STRICT") }},
	{"permissive", "accept both: PERMISSIVE", mutual, plain, false,
		func(p fn.Pod) bool { return asks(p, "PERMISSIVE") }},
	{"unsaid", "not said here, so PERMISSIVE, unless the cluster says otherwise", mutual, plain, false,
		func(p fn.Pod) bool { return asks(p, "") }},
	{"disabled", "mutual TLS is off: DISABLE", plain, plain, false,
		func(p fn.Pod) bool { return asks(p, "DISABLE") }},
	{"outside", "outside the mesh", plain, plain, false,
		func(p fn.Pod) bool { return p.Verdict == fn.VerdictBare }},
	{"never", "refused, they never run", "", "", false,
		func(p fn.Pod) bool { return p.Verdict == fn.VerdictRefused }},
}

func asks(p fn.Pod, mode string) bool {
	return p.Verdict.InMesh() && p.Role != fn.Gateway && p.MutualTLS == mode
}

// clients by how their calls fare.
var clients = []fn.Verdict{fn.VerdictSPIRE, fn.VerdictIstiodCA, fn.VerdictBare}

// maxListed is how many pods of a group the flowchart lists, so that it stays on a screen. The table has them all.
const maxListed = 12

// style of a node by its pods' verdict, for light and dark backgrounds.
var style = map[fn.Verdict]string{
	fn.VerdictSPIRE:    "fill:#d5f5dd,stroke:#1a7f37,color:#000",
	fn.VerdictIstiodCA: "fill:#fff3c4,stroke:#9a6700,color:#000",
	fn.VerdictRefused:  "fill:#ffd7d5,stroke:#cf222e,color:#000,stroke-dasharray:4",
	fn.VerdictBare:     "fill:#ffd7d5,stroke:#cf222e,color:#000",
}

// flowchart draws the clients on the left, the pods as servers on the right, and how the ones reach the others.
func (r report) flowchart(b *bytes.Buffer) {
	b.WriteString("\n```mermaid\n%%{init: {\"flowchart\": {\"wrappingWidth\": 400}}}%%\nflowchart LR\n")
	var callers []fn.Verdict
	for _, v := range clients {
		pods := r.podsOf(func(p fn.Pod) bool { return p.Verdict == v })
		title := fmt.Sprintf("clients %s: %d", meaning[v], len(pods))
		if v == fn.VerdictBare {
			title += " here, and all others"
		} else if len(pods) == 0 {
			continue
		}
		fmt.Fprintf(b, "  from_%s([\"%s\"])\n", v, label(title))
		callers = append(callers, v)
	}
	for _, s := range servers {
		for _, v := range verdicts {
			pods := r.podsOf(func(p fn.Pod) bool { return p.Verdict == v && s.is(p) })
			if len(pods) == 0 {
				continue
			}
			fmt.Fprintf(b, "  to_%s_%s[\"%s%s\"]:::%s\n", s.id, v, label(s.title), list(pods), v)
			for _, c := range callers {
				fmt.Fprintf(b, "  from_%s %s to_%s_%s\n", c, s.edge(c, v), s.id, v)
			}
		}
	}
	for _, v := range verdicts {
		fmt.Fprintf(b, "  classDef %s %s\n", v, style[v])
	}
	b.WriteString("```\n")
}

// list has a line for each pod, as far as there is room.
func list(pods []fn.Pod) string {
	var b strings.Builder
	b.WriteString("<br/>")
	for _, p := range pods[:min(len(pods), maxListed)] {
		b.WriteString("<br/>" + label(p.Resource.String()))
		if ports := portModes(p); len(ports) > 0 {
			b.WriteString(label(" (" + strings.Join(ports, ",") + ")"))
		}
	}
	if more := len(pods) - maxListed; more > 0 {
		fmt.Fprintf(&b, "<br/>and %d more", more)
	}
	return b.String()
}

// edge is the arrow from clients to servers by their verdicts. One that cannot be seen keeps the servers on the right.
// Identities of two issuers are no use to one another unless the mesh trusts both.
func (s server) edge(from, to fn.Verdict) string {
	text := s.fromMesh
	if from == fn.VerdictBare {
		text = s.outside
	}
	switch {
	case text == "":
		return "~~~"
	case from == fn.VerdictBare && s.refuses:
		return "--x|" + text + "|"
	case text == mutual && from != to:
		return "-.->|" + text + ", if the issuers trust each other|"
	}
	return "-->|" + text + "|"
}

// label makes text safe between quotes of a Mermaid node. What no valid name has is not worth Mermaid's own escapes, which
// not every renderer shows.
func label(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_./:,()='", r) {
			return r
		}
		return '?'
	}, text)
}
