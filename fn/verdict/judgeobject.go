package verdict

import (
	"slices"

	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// ObjectFinding is a finding about an object, with the number of the object's document.
type ObjectFinding struct {
	outcome.ObjectFinding
	Document int
}

// JudgeObjects returns the findings about the objects that affect pods. Call it after all pods are judged.
func JudgeObjects(pods *policy.Index, e *enroll.Enroller, facts *mesh.Facts) []ObjectFinding {
	var findings []ObjectFinding
	federatesWith := analysis.FederatesWith(e, facts)
	for _, s := range facts.Objects {
		findings = append(findings, inspect(analysis.Object{Object: s.Object, At: s.Place(), Pods: pods, Enroller: e, Facts: facts,
			FederatesWith: federatesWith}, s.Document)...)
	}
	return findings
}

// JudgeAdded returns the findings about an object that enrollment adds for a pod, given the place of the pod.
func JudgeAdded(added *enroll.Addition, at manifest.Place, document int, e *enroll.Enroller, facts *mesh.Facts) []ObjectFinding {
	return inspect(analysis.Object{Object: manifest.Object{Ref: added.Ref}, At: at, IsAdded: true, Enroller: e, Facts: facts,
		FederatesWith: analysis.FederatesWith(e, facts)}, document)
}

// JudgeUnknownKind returns the findings about what looks like a pod template in an object of a kind that is not known, or about pods to
// which an operator passes nothing on.
func JudgeUnknownKind(p manifest.PodTemplate, e *enroll.Enroller) []outcome.ObjectFinding {
	unknown := analysis.UnknownPod{PodTemplate: p}
	for _, a := range analysis.UnknownPodAnalyzers() {
		a.Run(&unknown)
	}
	findings, accepts := unknown.Findings(), enroll.AcceptedByPod(p)
	for i := range findings {
		findings[i].Accepted = e.Accepts(findings[i].Reason, accepts)
	}
	return findings
}

func inspect(o analysis.Object, document int) []ObjectFinding {
	for _, a := range analysis.ObjectAnalyzers() {
		if slices.Contains(a.Kinds, o.Ref.Kind) {
			a.Run(&o)
		}
	}
	var findings []ObjectFinding
	accepts := enroll.AcceptedBy(o.Object)
	for _, f := range o.Findings() {
		f.Accepted = o.Enroller.Accepts(f.Reason, accepts)
		findings = append(findings, ObjectFinding{f, document})
	}
	return findings
}
