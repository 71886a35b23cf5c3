package objects

import (
	"cmp"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var AgentSocketDiffers = &analysis.Definition{Reason: "AgentSocketDiffers", Severity: outcome.Warning,
	Message: "SPIRE's agent has no socket with the name that Istio's proxies look for, so identities come from istiod's CA",
	Remedy:  "set spec.workloadSocket.file (--workload-socket-file) to its name"}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.SPIRE, Kinds: []string{"ConfigMap"},
	Findings: []*analysis.Definition{AgentSocketDiffers}, Run: findAgent})

// findAgent compares the names of the agent's socket with the name that proxies look for.
func findAgent(o *analysis.Object) {
	config := yamledit.Lookup(o.Node, "data", mesh.AgentConfig)
	if !mesh.NamesSocket(yamledit.Text(config)) {
		return
	}
	want := cmp.Or(o.Config().WorkloadSocket.File, o.Facts.Settings(mesh.DefaultRevision).SocketFile, mesh.DefaultSocketFile)
	if names := o.Facts.AgentSockets(); !slices.Contains(names, want) {
		o.Report(AgentSocketDiffers, config, "data."+mesh.AgentConfig+": socket_path", strings.Join(names, ", ")+", not "+want)
	}
}
