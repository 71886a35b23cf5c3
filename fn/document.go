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
	from       int // where it begins in the stream
	start, end int // of the text to parse
	suspicion  suspicion
	parsed     *yamledit.Document // where facts were gathered from it
	tells      bool               // facts, and is too large to keep parsed
	edits      []yamledit.Edit    // offsets in the text
	decisions                     // lines in the text
	findings   []ObjectFinding    // lines in the text
	err        error
}

// decisions are what was decided about the objects of a document.
type decisions struct {
	pods      []Pod
	objects   []Object
	additions []*addition          // documents that follow this one
	removed   bool                 // the whole document goes
	names     map[ResourceRef]bool // of objects added to lists
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
	doc := d.parsed
	d.parsed = nil
	if doc == nil {
		doc, err = yamledit.Parse(text)
	}
	if err != nil {
		if d.suspicion == holdsFacts {
			return nil // nothing in it would be edited
		}
		return fmt.Errorf("not valid YAML: %w", err)
	}
	d.decisions, err = t.queue(doc, facts)
	if err == nil {
		d.edits, err = doc.Finish()
	}
	if err != nil {
		return err
	}
	if t.spec.Mode == Check {
		d.edits = nil
	}
	source := sourceOf(text)
	for i := range d.pods {
		orElse(&d.pods[i].Place.Source, source)
	}
	for i := range d.objects {
		orElse(&d.objects[i].Place.Source, source)
	}
	for _, a := range d.additions {
		a.source = commentedSource(text)
	}
	d.compact()
	return nil
}

// queue decides about the objects of one document and queues its edits.
func (t *Transformer) queue(doc *yamledit.Document, facts facts) (decisions, error) {
	var d decisions
	err := t.objects(doc, func(o object) error {
		if err := t.decideObject(&d, o, facts); err != nil {
			return &objectError{o, err}
		}
		return nil
	})
	return d, err
}

// decideObject decides about one object: a workload, or one of those that make up the mesh around it.
func (t *Transformer) decideObject(d *decisions, o object, facts facts) error {
	if w, ok := t.workloads.find(o.ref.APIVersion, o.ref.Kind); ok {
		pod, added, err := t.pod(o, w, facts)
		if err != nil {
			return err
		}
		d.pods = append(d.pods, pod)
		return t.add(d, o, added)
	}
	if o.ref.Kind == "ConfigMap" {
		changes, err := t.istiod(o)
		if err != nil || len(changes) == 0 {
			return err
		}
		reason := Patched
		if t.spec.Mode == Check {
			reason = Missing
		} else if t.spec.Mode == Unenroll {
			reason = Removed
		}
		d.objects = append(d.objects, Object{Resource: o.ref, Place: o.place(), Reason: reason, Changes: changes})
	}
	if t.spec.Mode == Unenroll && t.isOurs(o, facts) {
		d.objects = append(d.objects, Object{Resource: o.ref, Place: o.place(), Reason: Removed})
		if o.list != nil {
			return o.doc.RemoveItem(o.list, o.item)
		}
		d.removed = true
	}
	return nil
}

// add puts an added object behind the one that it belongs to: in its list, or as a document of its own.
func (t *Transformer) add(d *decisions, beside object, a *addition) error {
	if a == nil {
		return nil
	}
	a.kind = beside.ref.Kind
	a.markBeside(beside)
	if beside.list != nil {
		if d.names == nil {
			d.names = map[ResourceRef]bool{}
		}
		a.takeName(d.names)
	}
	a.object = len(d.objects)
	d.objects = append(d.objects, Object{Resource: a.ref, Place: beside.place(), Reason: t.reasonToAdd()})
	if beside.list != nil {
		return beside.doc.InsertAfter(beside.list, beside.item, a.node())
	}
	d.additions = append(d.additions, a)
	return nil
}

// pod decides about the pod of one object, and queues its edits. It also returns an object to add beside it, or nil.
func (t *Transformer) pod(o object, w workload, facts facts) (Pod, *addition, error) {
	decided := Pod{Resource: o.ref, Place: o.place()}
	p, ok := newPod(o, w)
	switch {
	case !ok:
		decided.Reason = NoPodTemplate
		return decided, nil, nil
	case t.spec.Mode == Unenroll:
		decided, err := t.withdraw(decided, p)
		return decided, nil, err
	}
	if reason := t.decide(p, facts); reason != "" {
		decided.Reason = reason
		if reason.IsSelected() {
			decided.Findings = []Finding{t.obstacle(p, reason)}
		}
		t.judge(&decided, p, nil, facts)
		t.peerAuthentication(&decided, p, facts)
		return decided, nil, nil
	}
	decided.Role = t.role(p)
	e, err := t.enroll(p, decided.Role)
	if err != nil {
		return decided, nil, err
	}
	decided.Changes = e.changes
	decided.Findings = e.findings
	decided.SPIFFEID = t.identity(p, facts).String()
	switch {
	case len(e.changes) == 0:
		decided.Reason = AlreadyEnrolled
	case t.spec.Mode == Check:
		decided.Reason = NotEnrolled
	default:
		decided.Reason = Enrolled
	}
	t.judge(&decided, p, e, facts)
	return decided, t.peerAuthentication(&decided, p, facts), nil
}

// withdraw takes the mesh settings of a pod away, unless it is not selected for that.
func (t *Transformer) withdraw(decided Pod, p pod) (Pod, error) {
	if decided.Reason = t.keeps(p); decided.Reason != "" {
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

// keeps says why a pod keeps its mesh settings, or "".
func (t *Transformer) keeps(p pod) Reason {
	switch {
	case p.isLocalConfig():
		return LocalConfig
	case p.optsOut(): // it is outside the mesh already, and what it says about the mesh is its own
		return OptedOut
	case matchAny(t.exclude, p):
		return Excluded
	case len(t.targets) > 0 && !matchAny(t.targets, p):
		return NotSelected
	}
	return ""
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
