package analysis

import (
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
)

// UnknownPod is what enmesh cannot enroll: what looks like a pod template in an object of a kind that is not known, whose Kind is the row that
// would make it known; or pods to which an operator passes nothing on, which its Kind names.
type UnknownPod struct {
	manifest.PodTemplate

	findings []outcome.ObjectFinding
}

// UnknownPodAnalyzer looks at one of them.
type UnknownPodAnalyzer struct {
	Subject  Subject
	Findings []*Definition
	Run      func(*UnknownPod)
}

var unknownPodAnalyzers []UnknownPodAnalyzer

// RegisterUnknownPodAnalyzer registers an analyzer. It returns true, so that a package can register it in a declaration.
func RegisterUnknownPodAnalyzer(a UnknownPodAnalyzer) bool {
	unknownPodAnalyzers = append(unknownPodAnalyzers, a)
	return true
}

// UnknownPodAnalyzers lists the registered analyzers.
func UnknownPodAnalyzers() []UnknownPodAnalyzer { return unknownPodAnalyzers }

// Report adds a finding at a node of the object's document.
func (p *UnknownPod) Report(d *Definition, field string, detail ...string) {
	p.findings = append(p.findings, outcome.ObjectFinding{Resource: p.Ref, Place: p.Place(), Finding: newFinding(d, p.Template, field, detail...)})
}

// Findings returns the findings that were reported.
func (p *UnknownPod) Findings() []outcome.ObjectFinding { return p.findings }
