package enroll

import (
	"sync"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Enroller applies one MeshEnrollment. It holds no state between calls and is safe for concurrent use.
type Enroller struct {
	Spec config.MeshEnrollmentSpec

	targets, exclude, gateways manifest.Selectors
	csi                        func() *yaml.Node // most runs write none
}

// New compiles a valid MeshEnrollment with its defaults. The error is a *config.Error.
func New(spec config.MeshEnrollmentSpec) (*Enroller, error) {
	e := &Enroller{Spec: spec}
	for to, from := range map[*manifest.Selectors][]config.Selector{
		&e.targets: spec.Targets, &e.exclude: spec.Exclude, &e.gateways: spec.Gateways} {
		selectors, err := manifest.NewSelectors(from)
		if err != nil {
			return nil, err // Validate has checked the selectors
		}
		*to = selectors
	}
	e.csi = sync.OnceValue(func() *yaml.Node {
		node, _ := yamledit.FromJSON(spec.WorkloadSocket.CSI) // it is of strings and booleans, which always have a form in JSON
		return node
	})
	return e, nil
}

// FieldError adds the path of a field to the cause.
type FieldError struct {
	Field string
	Cause error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Cause.Error() }

func (e *FieldError) Unwrap() error { return e.Cause }
