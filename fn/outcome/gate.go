package outcome

import "enmesh.dev/enmesh/fn/config"

// Gate decides what fails the job, and sets the field Fails of each pod, object and finding. Call it when the outcome is complete.
func (o *Outcome) Gate(spec *config.MeshEnrollmentSpec) {
	for i := range o.Pods {
		p := &o.Pods[i]
		p.Fails = p.fails(spec)
		for n := range p.Findings {
			p.Findings[n].gate(spec)
		}
	}
	for i := range o.Objects {
		o.Objects[i].Fails = o.Objects[i].Outcome == Missing
	}
	for i := range o.Findings {
		o.Findings[i].gate(spec)
	}
	for i := range o.Input {
		o.Input[i].gate(spec)
	}
}

// Failures returns how many pods, objects and findings fail the job.
func (o *Outcome) Failures() (pods, objects, findings int) {
	count := func(f Finding) {
		if f.Fails {
			findings++
		}
	}
	for _, p := range o.Pods {
		if p.Fails {
			pods++
		}
		for _, f := range p.Findings {
			count(f)
		}
	}
	for _, object := range o.Objects {
		if object.Fails {
			objects++
		}
	}
	for _, f := range o.Findings {
		count(f.Finding)
	}
	for _, f := range o.Input {
		count(f)
	}
	return pods, objects, findings
}

// fails says whether a pod fails the job. The first row that applies decides:
//
//	1  the mode is not Check                    no: the job is to enroll, and the cluster itself refuses what is wrong
//	2  the pod is not selected                  no
//	3  it lacks settings                        yes
//	4  its verdict takes something for granted,
//	   and the configuration allows none        yes
//	5  its verdict is SPIRE                     no
//	6  the reason for its verdict is accepted   no
//	7  otherwise                                yes
func (p *Pod) fails(spec *config.MeshEnrollmentSpec) bool {
	switch {
	case spec.Mode != config.Check, !p.Outcome.IsSelected():
		return false
	case p.LacksSettings(), spec.NoAssumptions && len(p.Assumptions) > 0:
		return true
	}
	return p.Verdict != SPIRE && !p.VerdictAccepted
}

// gate decides whether a finding fails the job:
//
//	            strict   mode Check   otherwise
//	accepted    no       no           no
//	error       yes      yes          no
//	warning     yes      no           no
//	info        no       no           no
func (f *Finding) gate(spec *config.MeshEnrollmentSpec) {
	switch {
	case f.Accepted, f.Severity == Info:
		f.Fails = false
	case spec.Strict:
		f.Fails = true
	default:
		f.Fails = f.Severity == Error && spec.Mode == config.Check
	}
}
