package verdict

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// Judgement says what happens to the pod of the output in the cluster.
type Judgement struct {
	Verdict outcome.Verdict
	// Reason is why the verdict is not SPIRE: an outcome or a finding.
	Reason outcome.Reason
	// Accepted: the reason is accepted.
	Accepted bool
	Findings []outcome.Finding
	// Assumptions are what the verdict takes for granted.
	Assumptions []outcome.Assumption
	// BypassedPorts are those at which clients reach the application without its proxy.
	BypassedPorts []string
	// Entries are the registration entries that SPIRE will have for the pod.
	Entries []outcome.Entry

	pod *analysis.FinalPod
}

// PeerAuthentication is the object to add for the pod, or nil, and why not.
func (j Judgement) PeerAuthentication() (*enroll.Addition, enroll.Gate) {
	if j.pod == nil {
		return nil, enroll.NotWanted
	}
	return j.pod.PeerAuthentication()
}

// Ways returns who reaches which port of the pod.
func (j Judgement) Ways() []reach.Way {
	if j.pod == nil || j.pod.Ways == nil {
		return nil
	}
	return j.pod.WaysIn()
}

// Labels returns the labels of the pod in the output.
func (j Judgement) Labels() manifest.Labels {
	if j.pod == nil {
		return nil
	}
	return manifest.NewLabels(j.pod.FinalLabels())
}

// Judge says what happens in the cluster to the pod of the output, which is the pod of the input with the changes of the plan. An
// object that never reaches the cluster has no verdict.
func Judge(p manifest.PodTemplate, decided outcome.Pod, plan *enroll.Plan, e *enroll.Enroller, facts *mesh.Facts, ways *reach.Index) Judgement {
	if decided.Outcome == outcome.LocalConfig {
		return Judgement{}
	}
	pod := analysis.NewFinalPod(p, decided, plan, e, facts, ways)
	run(pod, analysis.EveryPod)
	if pod.NotInjected == "" {
		run(pod, analysis.InjectedPods)
	}
	if pod.NotInjected == "" || pod.BringsProxy() {
		run(pod, analysis.ProxiedPods)
	}
	pod.Decided.Verdict, pod.Decided.VerdictReason = verdictOf(pod)
	run(pod, analysis.JudgedPods)
	j := Judgement{Verdict: pod.Decided.Verdict, Reason: pod.Decided.VerdictReason, Findings: pod.Findings(), Entries: pod.Entries(),
		BypassedPorts: pod.BypassedPorts(), Assumptions: pod.Assumptions(), pod: pod}
	j.Accepted = j.Reason != "" && e.Accepts(j.Reason, enroll.AcceptedByPod(p))
	for i := range accepted(j.Findings, p, e) {
		f := &j.Findings[i]
		if f.Severity == outcome.Error && !decided.Outcome.IsSelected() {
			f.Severity = outcome.Warning // a pod that is not selected does not fail the job
		}
	}
	return j
}

// JudgeUnenrolled returns the findings about a pod whose mesh settings were removed, but for what is kept.
func JudgeUnenrolled(p manifest.PodTemplate, kept []enroll.Kept, e *enroll.Enroller, facts *mesh.Facts) []outcome.Finding {
	if len(kept) == 0 {
		return nil
	}
	pod := analysis.NewFinalPod(p, outcome.Pod{}, nil, e, facts, nil)
	pod.Kept = kept
	run(pod, analysis.UnenrolledPods)
	return accepted(pod.Findings(), p, e)
}

// accepted marks the findings that the configuration, the workload or the pod accepts.
func accepted(findings []outcome.Finding, p manifest.PodTemplate, e *enroll.Enroller) []outcome.Finding {
	accepts := enroll.AcceptedByPod(p)
	for i := range findings {
		findings[i].Accepted = e.Accepts(findings[i].Reason, accepts)
	}
	return findings
}

func run(pod *analysis.FinalPod, stage analysis.Stage) {
	for _, a := range analysis.PodAnalyzers() {
		if a.Stage == stage {
			a.Run(pod)
		}
	}
}

// verdictOf derives the verdict from the effects of the findings. The first row that applies decides:
//
//	1  a finding with the effect Refused                            Refused
//	2  not injected, and a finding with the effect IstiodCA: the
//	   pod is in the ambient mesh                                   IstiodCA
//	3  not injected, and the pod brings no proxy                    Bare
//	4  a finding with the effect Bare                               Bare
//	5  a finding with the effect IstiodCA                           IstiodCA
//	6  a finding with the effect Unregistered                       Unregistered
//	7  otherwise                                                    SPIRE
//
// The second value is the reason. It is empty in the last row.
func verdictOf(p *analysis.FinalPod) (outcome.Verdict, outcome.Reason) {
	order := []outcome.Verdict{outcome.Refused, outcome.Bare, outcome.IstiodCA, outcome.Unregistered}
	isBare := p.NotInjected != "" && !p.BringsProxy()
	if isBare {
		order = []outcome.Verdict{outcome.Refused, outcome.IstiodCA}
	}
	for _, v := range order {
		if reason := p.ReasonFor(v); reason != "" {
			return v, reason
		}
	}
	if isBare {
		return outcome.Bare, p.NotInjected
	}
	return outcome.SPIRE, ""
}
