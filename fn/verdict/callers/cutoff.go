package callers

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	APIServerCutOff = &analysis.Definition{Reason: "APIServerCutOff", Severity: outcome.Error,
		Message: "the API server calls the pod at a port that requires mutual TLS, for which it has no certificate, so the calls fail",
		Remedy:  "set the port to PERMISSIVE in the PeerAuthentication's portLevelMtls"}
	ProbeCutOff = &analysis.Definition{Reason: "ProbeCutOff", Severity: outcome.Error,
		Message: "the kubelet probes the pod at a port that requires mutual TLS, and the pod keeps Istio from rewriting the probe, so the probe fails",
		Remedy:  "remove sidecar.istio.io/rewriteAppHTTPProbers, or set the port to PERMISSIVE in the PeerAuthentication's portLevelMtls"}
	ScraperCutOff = &analysis.Definition{Reason: "ScraperCutOff", Severity: outcome.Warning,
		Message: "Prometheus scrapes the pod at a port that requires mutual TLS, so it gets no metrics unless it is in the mesh, or has certificates of the mesh",
		Remedy:  "set the port to PERMISSIVE in the PeerAuthentication's portLevelMtls, or let Istio merge the metrics by the annotations prometheus.io/scrape and prometheus.io/port"}
	OutsideCutOff = &analysis.Definition{Reason: "OutsideCutOff", Severity: outcome.Warning,
		Message: "clients outside of the mesh reach the pod at a port that requires mutual TLS, so they are refused unless what is in front of the pod is in the mesh",
		Remedy:  "let them come through a gateway of the mesh, or set the port to PERMISSIVE in the PeerAuthentication's portLevelMtls"}
)

var _ = analysis.RegisterServerAnalyzer(analysis.ServerAnalyzer{Subject: analysis.Callers,
	Findings: []*analysis.Definition{APIServerCutOff, ProbeCutOff, ScraperCutOff, OutsideCutOff}, Run: findCutOff})

// definitions are the findings, by who is cut off.
var definitions = map[mesh.Caller]*analysis.Definition{mesh.APIServer: APIServerCutOff, mesh.Kubelet: ProbeCutOff, mesh.Scraper: ScraperCutOff,
	mesh.Outside: OutsideCutOff}

// findCutOff looks for clients without a certificate at ports that require one.
func findCutOff(s *analysis.Server) {
	if len(s.Ways) == 0 || !s.Verdict.InMesh() || s.Role == outcome.Gateway {
		return
	}
	for _, caller := range []mesh.Caller{mesh.APIServer, mesh.Kubelet, mesh.Scraper, mesh.Outside} {
		var cut []string
		for _, way := range s.Ways {
			if way.Caller == caller && s.Pods.PortMode(s.Pod, way.Port) == "STRICT" {
				cut = append(cut, "port "+way.Port+byWhom(s, way)+byPolicy(s, way.Port))
			}
		}
		if cut != nil {
			s.Report(definitions[caller], slices.Compact(cut)...)
		}
	}
}

// byWhom names the object that has the client call, unless it is the pod itself.
func byWhom(s *analysis.Server, way reach.Way) string {
	if way.By == s.Resource {
		return ""
	}
	return " by " + way.By.String()
}

// byPolicy names the policy that requires mutual TLS at a port, and the line by which it would not.
func byPolicy(s *analysis.Server, port string) string {
	deciding := s.Pods.Deciding(s.Pod)
	if deciding == nil {
		return ""
	}
	if deciding.Selector == nil { // of a whole namespace, or of the mesh: it can have no ports
		return " under " + deciding.Ref.String() + "; in one of the workload's own: portLevelMtls: {" + port + ": {mode: PERMISSIVE}}"
	}
	return " under " + deciding.Ref.String() + ": portLevelMtls: {" + port + ": {mode: PERMISSIVE}}"
}

var PlainTextClient = &analysis.Definition{Reason: "PlainTextClient", Severity: outcome.Info,
	Message: "the pod has no proxy, so it cannot call the servers of its namespace that require mutual TLS",
	Remedy:  "enroll the pod, or see to it that it calls none of them"}

var _ = analysis.RegisterServerAnalyzer(analysis.ServerAnalyzer{Subject: analysis.Callers,
	Findings: []*analysis.Definition{PlainTextClient}, Run: findPlainTextClient})

// findPlainTextClient looks at pods that stay bare beside servers that require mutual TLS: hooks, pods on the host's network, pods that opt
// out.
func findPlainTextClient(s *analysis.Server) {
	if s.Verdict != outcome.Bare || s.Enroller.Spec.PeerAuthentication == "" && !s.Facts.CallersMatter() {
		return
	}
	var strict []string
	for _, p := range s.Pods.StrictIn(s.Resource.Namespace) {
		if len(strict) == maxNamed {
			strict = append(strict, "and others")
			break
		}
		strict = append(strict, p.Resource.String())
	}
	if strict != nil {
		s.Report(PlainTextClient, strings.Join(strict, ", "))
	}
}

// maxNamed is how many servers a finding names.
const maxNamed = 3
