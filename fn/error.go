package fn

import (
	"strconv"
	"strings"
)

// StreamError says why a stream could not be transformed, and where.
type StreamError struct {
	Place Place
	// Object is empty where the document could not be parsed.
	Object ResourceRef
	// Field is a path in the object, or empty.
	Field string
	Cause error
}

// Error reads place: object: field: cause.
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

// String gives `chart/templates/x.yaml (<stdin> line 12)`, or `<stdin> line 12` where no template is known.
func (p Place) String() string {
	at := p.Stream
	if p.Line > 0 {
		at += " line " + strconv.Itoa(p.Line)
	}
	if p.Source == "" {
		return at
	}
	return p.Source + " (" + at + ")"
}

// in places something that was found in a document whose text begins below so many lines.
func (p *Place) in(stream string, above int) {
	p.Stream = stream
	p.Line += above
}

// ConfigError lists what is wrong with a MeshEnrollment, each line led by the field's path.
type ConfigError struct {
	Problems []string
}

func (e *ConfigError) Error() string { return strings.Join(e.Problems, "; ") }

// fieldError adds the path of a field to the cause.
type fieldError struct {
	field string
	cause error
}

func (e *fieldError) Error() string { return e.field + ": " + e.cause.Error() }

func (e *fieldError) Unwrap() error { return e.cause }
