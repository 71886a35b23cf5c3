package report

import (
	"slices"

	"enmesh.dev/enmesh/fn/outcome"
)

// serverGroup is a group of pods that treat their clients in the same way.
type serverGroup struct {
	id, title      string
	fromMesh       string // how clients in the mesh reach the pods; "" draws no arrow
	fromOutside    string // how clients outside the mesh reach them; "" draws no arrow
	refusesOutside bool
	matches        func(*outcome.Pod) bool
}

const (
	overMutualTLS = "mutual TLS"
	overPlainText = "plain text"
)

// serverGroups by what they require of their clients. A PeerAuthentication does not apply to the listeners of a gateway.
var serverGroups = []serverGroup{
	{id: "gateway", title: "gateways", fromOutside: "as their Gateway configures",
		matches: func(p *outcome.Pod) bool { return p.Verdict.InMesh() && p.Role == outcome.Gateway }},
	{id: "bypassed", title: "no traffic reaches the proxy", fromMesh: overPlainText, fromOutside: overPlainText, matches: isBypassed},
	{id: "strict", title: "mutual TLS required: STRICT", fromMesh: overMutualTLS, fromOutside: "refused", refusesOutside: true,
		matches: func(p *outcome.Pod) bool { return hasMode(p, "STRICT") && !hasOpenPorts(p) }},
	{id: "partly", title: "mutual TLS required, but not on all ports", fromMesh: overMutualTLS, fromOutside: "plain text on some ports",
		matches: func(p *outcome.Pod) bool { return hasMode(p, "STRICT") && hasOpenPorts(p) }},
	{id: "permissive", title: "mutual TLS and plain text: PERMISSIVE", fromMesh: overMutualTLS, fromOutside: overPlainText,
		matches: func(p *outcome.Pod) bool { return hasMode(p, "PERMISSIVE") }},
	{id: "unsaid", title: "no mode in these manifests: PERMISSIVE, unless the cluster sets another", fromMesh: overMutualTLS, fromOutside: overPlainText,
		matches: func(p *outcome.Pod) bool { return hasMode(p, "") }},
	{id: "disabled", title: "no mutual TLS: DISABLE", fromMesh: overPlainText, fromOutside: overPlainText,
		matches: func(p *outcome.Pod) bool { return hasMode(p, "DISABLE") }},
	{id: "outside", title: "outside the mesh", fromMesh: overPlainText, fromOutside: overPlainText,
		matches: func(p *outcome.Pod) bool { return p.Verdict == outcome.Bare }},
	{id: "unready", title: "without an identity: their proxies never become ready",
		matches: func(p *outcome.Pod) bool { return p.Verdict == outcome.Unregistered }},
	{id: "never", title: "refused: they never run",
		matches: func(p *outcome.Pod) bool { return p.Verdict == outcome.Refused }},
}

// hasMode says whether the pod is a sidecar in the mesh whose own mode of mutual TLS this is, and that receives traffic by its proxy.
func hasMode(p *outcome.Pod, mode string) bool {
	return p.Verdict.InMesh() && p.Role != outcome.Gateway && p.MutualTLS == mode && !isBypassed(p)
}

// isBypassed says whether no client of the pod reaches its proxy.
func isBypassed(p *outcome.Pod) bool {
	return p.Verdict.InMesh() && slices.Contains(p.BypassedPorts, "*")
}

// hasOpenPorts says whether some ports of a pod that requires mutual TLS are reached without it.
func hasOpenPorts(p *outcome.Pod) bool {
	for _, mode := range p.MutualTLSPorts {
		if mode != "STRICT" {
			return true
		}
	}
	return len(p.BypassedPorts) > 0
}
