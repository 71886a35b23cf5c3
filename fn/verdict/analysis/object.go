package analysis

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
)

// Object is an object that affects pods. All pods are judged already.
type Object struct {
	manifest.Object
	// At is the place of the object. For an added object, it is the place of the pod that it is added for.
	At manifest.Place
	// IsAdded says that enrollment adds the object. Then it has no Node.
	IsAdded  bool
	Enroller *enroll.Enroller
	Facts    *mesh.Facts
	Pods     *policy.Index
	// FederatesWith are the other trust domains that the mesh trusts, as far as the configuration or one of the manifests says.
	FederatesWith []string

	findings []outcome.ObjectFinding
}

// Config returns the configuration.
func (o *Object) Config() *config.MeshEnrollmentSpec { return &o.Enroller.Spec }

// Report adds a finding at a node of the object's document, which may be nil.
func (o *Object) Report(d *Definition, at *yaml.Node, field string, detail ...string) {
	line := 0
	if at != nil {
		line = at.Line
	}
	o.ReportLine(d, line, field, detail...)
}

// ReportLine is Report with a line instead of a node.
func (o *Object) ReportLine(d *Definition, line int, field string, detail ...string) {
	f := newFinding(d, nil, field, detail...)
	f.Line = line
	o.findings = append(o.findings, outcome.ObjectFinding{Resource: o.Ref, Place: o.At, Finding: f})
}

// Findings returns the findings that were reported.
func (o *Object) Findings() []outcome.ObjectFinding { return o.findings }

// FederatesWith returns the other trust domains that the mesh trusts, as far as the configuration or one of the manifests says.
func FederatesWith(e *enroll.Enroller, facts *mesh.Facts) []string {
	var configured []string
	if id := e.Spec.ClusterSPIFFEID; id != nil {
		configured = id.FederatesWith
	}
	return facts.FederatesWith(configured, e.Spec.TrustDomain)
}
