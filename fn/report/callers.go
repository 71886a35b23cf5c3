package report

import (
	"bytes"
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/outcome"
)

// meshGateway is the kind of client that has a certificate.
const meshGateway = "gateway of the mesh"

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
			fmt.Fprintf(b, "  %s --x|%s| %s\n", callerID(kind), nodeText("refused by "+few(refused)), node)
		}
		if served != nil {
			how := overPlainText + " to "
			if kind == meshGateway {
				how = "calls "
			}
			fmt.Fprintf(b, "  %s -->|%s| %s\n", callerID(kind), nodeText(how+few(served)), node)
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
