package objects

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var PlaintextDestination = &analysis.Definition{Reason: "PlaintextDestination", Severity: outcome.Info,
	Message: "clients in the mesh call this host without mutual TLS, and a server that requires mutual TLS refuses them",
	Remedy:  "remove trafficPolicy.tls if the host is in the mesh"}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Policies, Kinds: []string{"DestinationRule"},
	Findings: []*analysis.Definition{PlaintextDestination}, Run: findDestinationRule})

// findDestinationRule looks for rules that disable mutual TLS for clients, which then cannot reach a server that requires it.
func findDestinationRule(o *analysis.Object) {
	if mode := yamledit.Lookup(o.Node, "spec", "trafficPolicy", "tls", "mode"); yamledit.Text(mode) == "DISABLE" {
		o.Report(PlaintextDestination, mode, "spec.trafficPolicy.tls.mode")
	}
}
