package report

import (
	"bytes"
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/outcome"
)

// callers draws the clients that manifests name, and what becomes of their calls to the pods of a node.
// An arrow is there only for what is called.
func (r Report) callers(b *bytes.Buffer, node string, pods []outcome.Pod) {
	for _, kind := range r.callerKinds() {
		var refused, served []string
		for _, p := range pods {
			isRefused, isServed := false, false
			for _, c := range p.ReachedBy {
				isRefused = isRefused || c.Caller == kind && c.Refused
				isServed = isServed || c.Caller == kind && !c.Refused
			}
			if isRefused {
				refused = append(refused, p.Resource.String())
			}
			if isServed {
				served = append(served, p.Resource.String())
			}
		}
		if refused != nil {
			fmt.Fprintf(b, "  %s --x|%s| %s\n", callerID(kind), nodeText("refused by "+few(refused, ", ")), node)
		}
		if served != nil {
			how := overPlainText + " to "
			if kind == outcome.MeshGateway {
				how = "calls "
			}
			fmt.Fprintf(b, "  %s -->|%s| %s\n", callerID(kind), nodeText(how+few(served, ", ")), node)
		}
	}
}

// callerNodes draws the clients themselves.
func (r Report) callerNodes(b *bytes.Buffer) {
	for _, kind := range r.callerKinds() {
		fmt.Fprintf(b, "  %s([\"%s\"])\n", callerID(kind), nodeText(kind))
	}
}

// callerKinds are the kinds of clients that reach pods, in alphabetical order.
func (r Report) callerKinds() []string {
	var kinds []string
	for _, p := range r.Pods {
		for _, c := range p.ReachedBy {
			if !slices.Contains(kinds, c.Caller) {
				kinds = append(kinds, c.Caller)
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// callerID is the name of a client's node.
func callerID(kind string) string {
	id := []byte("by_" + kind)
	for i, c := range id {
		if c == ' ' {
			id[i] = '_'
		}
	}
	return string(id)
}

// callerTable has a row for each client and what becomes of its calls, with all the pods to which that happens.
func (r Report) callerTable(b *bytes.Buffer) {
	type row struct{ caller, by, identity, call string }
	pods := map[row][]string{}
	var rows []row
	for _, p := range r.Pods {
		for _, c := range p.ReachedBy {
			key := row{c.Caller, c.By.String(), c.Identity, callText(c)}
			if pods[key] == nil {
				rows = append(rows, key)
			}
			pod := p.Resource.String()
			if c.Port != "" {
				pod += ", port " + c.Port
			}
			pods[key] = append(pods[key], pod)
		}
	}
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n## Callers\n\n| client | by | identity | call | pods |\n| --- | --- | --- | --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", escape(row.caller), escape(row.by), escape(orDash(row.identity)), row.call, escape(few(pods[row], "; ")))
	}
}

// callText says what becomes of a call, and why:
//
//	client                 refused                                   served
//	gateway of the mesh    by the pod's AuthorizationPolicies        over mutual TLS
//	any other              for the mode: it has no certificate       in plain text
func callText(c outcome.Caller) string {
	switch {
	case c.Refused && c.Caller == outcome.MeshGateway:
		return "refused: AuthorizationPolicy"
	case c.Refused:
		return "refused: " + c.Mode
	case c.Caller == outcome.MeshGateway:
		return overMutualTLS
	default:
		return overPlainText
	}
}
