package outcome

import (
	"strings"

	"enmesh.dev/enmesh/fn/manifest"
)

// StreamError says why a stream cannot be transformed, and where the problem is.
type StreamError struct {
	Place manifest.Place
	// Object is empty if the document cannot be parsed.
	Object manifest.ResourceRef
	// Field is a path in the object, or empty.
	Field string
	Cause error
}

// Error returns `place: object: field: cause`.
func (e *StreamError) Error() string {
	parts := []string{e.Place.String()}
	if e.Object.Kind != "" {
		parts = append(parts, e.Object.String())
	}
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	return strings.Join(append(parts, e.Cause.Error()), ": ")
}

func (e *StreamError) Unwrap() error { return e.Cause }
