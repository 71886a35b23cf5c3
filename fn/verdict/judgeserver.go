package verdict

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// JudgeServers returns further findings about pods: those that depend on the PeerAuthentications that apply to them. Call it after all
// pods are judged.
func JudgeServers(pods *policy.Index, e *enroll.Enroller, facts *mesh.Facts) map[*policy.Pod][]outcome.Finding {
	ways := reach.NewIndex(facts)
	found := map[*policy.Pod][]outcome.Finding{}
	for _, p := range pods.Pods {
		s := analysis.Server{Pod: p, Pods: pods, Enroller: e, Facts: facts, Reach: ways}
		for _, a := range analysis.ServerAnalyzers() {
			a.Run(&s)
		}
		findings := s.Findings()
		for i := range findings {
			findings[i].Accepted = e.Accepts(findings[i].Reason, p.Accepts)
		}
		if findings != nil {
			found[p] = findings
		}
	}
	return found
}
