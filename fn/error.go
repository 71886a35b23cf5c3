package fn

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
	"enmesh.dev/enmesh/fn/yamledit/library"
)

// objectError adds the object to the cause.
type objectError struct {
	object manifest.Object
	cause  error
}

func (e *objectError) Error() string { return e.object.Ref.String() + ": " + e.cause.Error() }

func (e *objectError) Unwrap() error { return e.cause }

// locate turns a document's error into one that names its place.
func locate(err error, at manifest.Place, above int) error {
	if errors.Is(err, errNotByItem) {
		return err
	}
	located := &outcome.StreamError{Cause: err, Place: at}
	located.Place.Line = above + max(at.Line, 1)
	var object *objectError
	if errors.As(err, &object) {
		located.Object, located.Cause = object.object.Ref, object.cause
		if place := object.object.Place(); place.Source != "" {
			located.Place.Source, located.Place.Index = place.Source, place.Index
		}
		located.Place.Line = above + object.object.Node.Line
	}
	var field *enroll.FieldError
	if errors.As(located.Cause, &field) {
		located.Field, located.Cause = field.Field, field.Cause
	}
	var syntax *library.SyntaxError
	var refusal *yamledit.Refusal
	switch {
	case errors.As(located.Cause, &syntax) && syntax.Line > 0:
		located.Place.Line = above + syntax.Line
	case errors.As(located.Cause, &refusal) && refusal.Line > 0:
		located.Place.Line = above + refusal.Line
		if located.Field == "" && object != nil {
			located.Field = strings.TrimPrefix(strings.TrimPrefix(refusal.Path, object.object.Path), ".")
		}
	}
	return located
}

// notYAML is the error of a text that cannot be read.
func notYAML(err error, text []byte) error {
	if bytes.Contains(text, []byte("{{")) {
		return fmt.Errorf("not valid YAML: %w; it has {{ in it: was the chart rendered?", err)
	}
	return fmt.Errorf("not valid YAML: %w", err)
}

// internalError is what a bug in enmesh ends in: an error, and never a panic or partial output.
func internalError(recovered any) error {
	return fmt.Errorf("internal error, please report it: %v", recovered)
}

// encodingError names the stream that cannot be read.
func encodingError(err error) error {
	var encoding *stream.EncodingError
	if !errors.As(err, &encoding) {
		return err
	}
	return &outcome.StreamError{Place: manifest.Place{Stream: encoding.Stream}, Cause: errors.New(encoding.Cause)}
}
