package verdict

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/verdict/callers"
)

// ServerJudgement is what is known about a pod only with the policies that apply to it.
type ServerJudgement struct {
	Findings  []outcome.Finding
	ReachedBy []outcome.Caller
}

// JudgeServers looks at pods as their clients see them. Call it after all pods are judged.
func JudgeServers(pods *policy.Index, e *enroll.Enroller, facts *mesh.Facts) map[*policy.Pod]ServerJudgement {
	ways := reach.NewIndex(facts)
	found := map[*policy.Pod]ServerJudgement{}
	for _, p := range pods.Pods {
		s := analysis.Server{Pod: p, Pods: pods, Enroller: e, Facts: facts, Reach: ways}
		for _, a := range analysis.ServerAnalyzers() {
			a.Run(&s)
		}
		findings := s.Findings()
		for i := range findings {
			findings[i].Accepted = e.Accepts(findings[i].Reason, p.Accepts)
		}
		if reachedBy := callers.ReachedBy(&s); findings != nil || reachedBy != nil {
			found[p] = ServerJudgement{findings, reachedBy}
		}
	}
	return found
}
