package analysis

import (
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/reach"
)

// Server is a pod, as its clients see it: with the PeerAuthentications that apply to it. All pods are judged already.
type Server struct {
	*policy.Pod
	Pods     *policy.Index
	Enroller *enroll.Enroller
	Facts    *mesh.Facts
	Reach    *reach.Index // nil if it does not matter who calls the pod

	findings []outcome.Finding
}

// ServerAnalyzer looks at one pod as its clients see it.
type ServerAnalyzer struct {
	Subject  Subject
	Findings []*Definition
	Run      func(*Server)
}

var serverAnalyzers []ServerAnalyzer

// RegisterServerAnalyzer registers an analyzer of servers. It returns true, so that a package can register it in a declaration.
func RegisterServerAnalyzer(a ServerAnalyzer) bool {
	serverAnalyzers = append(serverAnalyzers, a)
	return true
}

// ServerAnalyzers lists the registered analyzers of servers.
func ServerAnalyzers() []ServerAnalyzer { return serverAnalyzers }

// Config returns the configuration.
func (s *Server) Config() *config.MeshEnrollmentSpec { return &s.Enroller.Spec }

// Report adds a finding about the pod as a whole.
func (s *Server) Report(d *Definition, detail ...string) {
	s.findings = append(s.findings, newFinding(d, nil, "", detail...))
}

// Findings returns the findings that were reported.
func (s *Server) Findings() []outcome.Finding { return s.findings }
