package identity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	SelectorInRootNamespace = &analysis.Definition{Reason: "SelectorInRootNamespace", Severity: outcome.Warning,
		Message: "Istio ignores a PeerAuthentication with a selector in its root namespace, so mutual TLS cannot be required for single workloads there",
		Remedy:  "move the workload to another namespace, or require mutual TLS for the whole mesh"}
	StrictWithheld = &analysis.Definition{Reason: "StrictWithheld", Severity: outcome.Warning,
		Message: "no PeerAuthentication is added, because the pod does not join the mesh and its clients would be cut off",
		Remedy:  "fix what keeps the pod outside the mesh, or exclude the workload"}
	StrictNotApplied = &analysis.Definition{Reason: "StrictNotApplied", Severity: outcome.Error,
		Message: "the configuration requires mutual TLS, but clients without it still reach the pod",
		Remedy:  "correct what stands against it, or accept this finding"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.MutualTLS, Stage: analysis.JudgedPods,
	Findings: []*analysis.Definition{SelectorInRootNamespace, StrictWithheld}, Run: findGate})

// findGate reports why no PeerAuthentication is added for a pod, although the configuration asks for one.
func findGate(p *analysis.FinalPod) {
	_, gate := p.PeerAuthentication()
	switch gate {
	case enroll.RootNamespace:
		p.Report(SelectorInRootNamespace, p.NamespaceNode(), "metadata.namespace")
	case enroll.OutsideMesh:
		why := p.Decided.VerdictReason
		p.ReportWhere(StrictWithheld, why, string(why))
	}
}

var _ = analysis.RegisterServerAnalyzer(analysis.ServerAnalyzer{Subject: analysis.MutualTLS,
	Findings: []*analysis.Definition{StrictNotApplied}, Run: findNotApplied})

// findNotApplied looks for sidecars for which STRICT was asked, and that do not end with it on every port. The first row that applies
// decides:
//
//	1  none was asked, the pod is not selected, it is a gateway, or it is not in the mesh   nothing
//	2  a check, and the PeerAuthentication is missing, which is said already                nothing
//	3  another mode applies                                                                 StrictNotApplied, and why
//	4  a port has another mode, or its traffic bypasses the proxy                           StrictNotApplied, and which ports
func findNotApplied(s *analysis.Server) {
	spec := s.Config()
	if spec.PeerAuthentication == "" || s.Role != outcome.Sidecar || !s.Verdict.InMesh() || spec.Mode == config.Check && s.LacksPolicy {
		return
	}
	mode, ports := s.Pods.MutualTLS(s.Pod)
	if mode != spec.PeerAuthentication {
		s.Report(StrictNotApplied, whyOtherMode(s, mode))
		return
	}
	var open []string
	for _, port := range slices.Sorted(maps.Keys(ports)) {
		if ports[port] != spec.PeerAuthentication && !isForAPIServer(s, port) {
			open = append(open, fmt.Sprintf("port %s is %s", port, ports[port]))
		}
	}
	for _, port := range s.BypassedPorts {
		if port == analysis.EveryPort {
			open = append(open, "no traffic reaches the proxy")
		} else {
			open = append(open, "traffic to port "+port+" bypasses the proxy")
		}
	}
	if open != nil {
		s.Report(StrictNotApplied, strings.Join(open, "; "))
	}
}

// isForAPIServer says whether the API server calls a port: it cannot require mutual TLS.
func isForAPIServer(s *analysis.Server, port string) bool {
	return slices.ContainsFunc(s.Ways, func(way reach.Way) bool { return way.Caller == mesh.APIServer && way.Port == port })
}

func whyOtherMode(s *analysis.Server, mode string) string {
	deciding := s.Pods.Deciding(s.Pod)
	switch {
	case deciding != nil:
		return deciding.Ref.String() + " sets " + mode
	case s.Facts.HasPeerAuthentication(s.Resource.Namespace, s.Resource.Name):
		return "a PeerAuthentication with the workload's name selects other pods"
	case s.Resource.Namespace == s.Facts.RootNamespace():
		return "the namespace is Istio's root namespace, in which only a PeerAuthentication for the whole mesh works"
	}
	return "the pod has no label of its own by which a PeerAuthentication could select it"
}
