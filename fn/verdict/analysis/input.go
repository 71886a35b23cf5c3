package analysis

import (
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
)

// Input is what a job is given as a whole.
type Input struct {
	Enroller *enroll.Enroller
	Facts    *mesh.Facts
	// Given is the configuration without defaults, and without what its preset sets.
	Given config.MeshEnrollmentSpec
	// Empty are the names of the streams that hold no object.
	Empty []string
	// Unmatched are the indexes of the targets that match nothing.
	Unmatched []int
	// Pods is how many pods the streams hold, and Selected how many of them are selected.
	Pods, Selected int

	findings []outcome.Finding
}

// InputAnalyzer looks at the input as a whole.
type InputAnalyzer struct {
	Subject  Subject
	Findings []*Definition
	Run      func(*Input)
}

var inputAnalyzers []InputAnalyzer

// RegisterInputAnalyzer registers an analyzer of the input. It returns true, so that a package can register it in a declaration.
func RegisterInputAnalyzer(a InputAnalyzer) bool {
	inputAnalyzers = append(inputAnalyzers, a)
	return true
}

// InputAnalyzers lists the registered analyzers of the input.
func InputAnalyzers() []InputAnalyzer { return inputAnalyzers }

// Config returns the configuration.
func (in *Input) Config() *config.MeshEnrollmentSpec { return &in.Enroller.Spec }

// Report adds a finding about a field of the configuration, or without one.
func (in *Input) Report(d *Definition, field string, detail ...string) {
	in.findings = append(in.findings, newFinding(d, nil, field, detail...))
}

// Findings returns the findings that were reported.
func (in *Input) Findings() []outcome.Finding { return in.findings }
