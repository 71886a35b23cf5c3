package verdict

import (
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
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

// Labels returns the labels of the pod in the output.
func (j Judgement) Labels() manifest.Labels {
	if j.pod == nil {
		return nil
	}
	return manifest.NewLabels(j.pod.FinalLabels())
}

// Judge says what happens in the cluster to the pod of the output, which is the pod of the input with the changes of the plan. An
// object that never reaches the cluster has no verdict.
func Judge(p manifest.PodTemplate, decided outcome.Pod, plan *enroll.Plan, e *enroll.Enroller, facts *mesh.Facts) Judgement {
	if decided.Reason == outcome.LocalConfig {
		return Judgement{}
	}
	pod := analysis.NewFinalPod(p, decided, plan, e, facts)
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
		BypassedPorts: pod.BypassedPorts(), pod: pod}
	accepts := enroll.AcceptedByPod(p)
	j.Accepted = j.Reason != "" && e.Accepts(j.Reason, accepts)
	for i := range j.Findings {
		f := &j.Findings[i]
		f.Accepted = e.Accepts(f.Reason, accepts)
		if f.Severity == outcome.Error && !decided.Reason.IsSelected() {
			f.Severity = outcome.Warning // a pod that is not selected does not fail the job
		}
	}
	return j
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
