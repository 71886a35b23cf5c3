package fn

import (
	"errors"
	"fmt"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
)

// document is one document of a stream, and what became of it.
type document struct {
	stream     int
	start, end int // of the text to parse, in the stream
	suspicion  suspicion
	edits      []yamledit.Edit // offsets in the document
	pods       []Pod           // lines in the document
	err        error
}

func (d *document) bytes(streams []Stream) []byte { return streams[d.stream].Bytes[d.start:d.end] }

// transform decides about the pods of one document and computes its edits.
func (t *Transformer) transform(d *document, streams []Stream, facts facts) (err error) {
	defer func() {
		if r := recover(); r != nil { // a mistake of enmesh's must not end in half an output
			err = fmt.Errorf("enmesh failed here, please report it: %v", r)
		}
	}()
	text := d.bytes(streams)
	doc, err := yamledit.Parse(text)
	if err != nil {
		return fmt.Errorf("not valid YAML: %w", err)
	}
	d.pods, err = t.queue(doc, facts)
	if err == nil {
		d.edits, err = doc.Finish()
	}
	if err != nil || len(d.pods) == 0 {
		return err
	}
	if t.spec.Mode == Check {
		d.edits = nil
	}
	source := sourceOf(text)
	for i := range d.pods {
		if d.pods[i].Place.Source == "" {
			d.pods[i].Place.Source = source
		}
	}
	return nil
}

// queue decides about the pods of one document and queues its edits.
func (t *Transformer) queue(doc *yamledit.Document, facts facts) ([]Pod, error) {
	var pods []Pod
	err := t.objects(doc, func(o object) error {
		w, ok := t.workloads.find(o.ref.APIVersion, o.ref.Kind)
		if !ok {
			return nil
		}
		pod, err := t.pod(o, w, facts)
		if err != nil {
			return &objectError{o, err}
		}
		pods = append(pods, pod)
		return nil
	})
	return pods, err
}

// pod decides about the pod of one object, and queues its edits.
func (t *Transformer) pod(o object, w workload, facts facts) (Pod, error) {
	decided := Pod{Resource: o.ref, Place: o.place()}
	p, ok := newPod(o, w)
	switch {
	case !ok:
		decided.Reason = NoPodTemplate
		return decided, nil
	case t.spec.Mode == Unenroll:
		return t.withdraw(decided, p)
	}
	if reason := t.decide(p, facts); reason != "" {
		decided.Reason = reason
		if reason.IsSelected() {
			decided.Findings = []Finding{t.obstacle(p, reason)}
		}
		return decided, nil
	}
	decided.Role = t.role(p)
	e, err := t.enroll(p, decided.Role)
	if err != nil {
		return decided, err
	}
	decided.Changes = e.changes
	decided.Findings = append(e.findings, t.inspect(p)...)
	decided.SPIFFEID = t.spiffeID(p)
	switch {
	case len(e.changes) == 0:
		decided.Reason = AlreadyEnrolled
	case t.spec.Mode == Check:
		decided.Reason = NotEnrolled
	default:
		decided.Reason = Enrolled
	}
	return decided, nil
}

func (t *Transformer) withdraw(decided Pod, p pod) (Pod, error) {
	switch {
	case p.isLocalConfig():
		decided.Reason = LocalConfig
		return decided, nil
	case p.optsOut(): // it is outside the mesh already, and what it says about the mesh is its own
		decided.Reason = OptedOut
		return decided, nil
	case matchAny(t.exclude, p):
		decided.Reason = Excluded
		return decided, nil
	case len(t.targets) > 0 && !matchAny(t.targets, p):
		decided.Reason = NotSelected
		return decided, nil
	}
	changes, err := t.unenroll(p)
	decided.Changes = changes
	decided.Reason = Unenrolled
	if len(changes) == 0 {
		decided.Reason = NotEnrolled
	}
	return decided, err
}

// locate turns a document's error into one that names its place.
func locate(err error, at Place, above int) error {
	located := &StreamError{Cause: err, Place: at}
	located.Place.Line = above + max(at.Line, 1)
	var object *objectError
	if errors.As(err, &object) {
		located.Object, located.Cause = object.o.ref, object.cause
		if place := object.o.place(); place.Source != "" {
			located.Place.Source, located.Place.Index = place.Source, place.Index
		}
		located.Place.Line = above + object.o.node.Line
	}
	var field *fieldError
	if errors.As(located.Cause, &field) {
		located.Field, located.Cause = field.field, field.cause
	}
	var syntax *yamledit.SyntaxError
	var refusal *yamledit.Refusal
	switch {
	case errors.As(located.Cause, &syntax) && syntax.Line > 0:
		located.Place.Line = above + syntax.Line
	case errors.As(located.Cause, &refusal) && refusal.Line > 0:
		located.Place.Line = above + refusal.Line
		if located.Field == "" && object != nil {
			located.Field = strings.TrimPrefix(strings.TrimPrefix(refusal.Path, object.o.path), ".")
		}
	}
	return located
}

// objectError adds the object to the cause.
type objectError struct {
	o     object
	cause error
}

func (e *objectError) Error() string { return e.o.ref.String() + ": " + e.cause.Error() }

func (e *objectError) Unwrap() error { return e.cause }
