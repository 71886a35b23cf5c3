package report

import (
	"cmp"
	"errors"
	"iter"
	"strings"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
)

// Result is one thing that was decided about an object, or found about it.
type Result struct {
	Resource manifest.ResourceRef
	Place    manifest.Place
	// Line in the stream, from 1: of the field, if that is known, and otherwise of the object. It is 0 if neither is known.
	Line int
	// Pod is nil if the object is not a pod.
	Pod *outcome.Pod
	// Severity is that of the finding. A decision has the severity info, unless it fails the job.
	Severity outcome.Severity
	// Fails: it fails the job.
	Fails    bool
	Accepted bool
	Reason   outcome.Reason
	// Rule says in one word what the result is about. It is the reason; of a pod that fails the job for its verdict or for what that
	// assumes, it is the verdict, or Assumes.
	Rule    string
	Message string
	// IsFinding is true for a finding and false for a decision. Only a finding has a remedy, and a decision has a field if it is about one
	// of several pods of an object.
	IsFinding     bool
	Field, Remedy string
}

// The words for results that are neither a finding nor about the outcome of a pod or object.
const (
	// Assumes is the rule of a pod that fails the job because its verdict takes something for granted.
	Assumes = "Assumes"
	// JobFailed is the reason of the result for an error that ended the job.
	JobFailed outcome.Reason = "JobFailed"
)

// Results lists what was decided and found: the findings about the input, each pod with its findings, then the other objects, then the
// findings about them. It leaves out findings of severity info, which only a [Report] has.
func Results(out *outcome.Outcome) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for r := range all(out) {
			if (!r.IsFinding || r.Severity != outcome.Info) && !yield(r) {
				return
			}
		}
	}
}

// all is Results with the findings of severity info.
func all(out *outcome.Outcome) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for _, f := range out.Input {
			if !yield(finding(f, manifest.ResourceRef{}, manifest.Place{})) {
				return
			}
		}
		for i := range out.Pods {
			p := &out.Pods[i]
			if !yield(podDecision(p)) {
				return
			}
			for _, f := range p.Findings {
				r := finding(f, p.Resource, p.Place)
				r.Pod = p
				if !yield(r) {
					return
				}
			}
		}
		for _, o := range out.Objects {
			if !yield(objectDecision(o)) {
				return
			}
		}
		for _, f := range out.Findings {
			if !yield(finding(f.Finding, f.Resource, f.Place)) {
				return
			}
		}
	}
}

func podDecision(p *outcome.Pod) Result {
	r := Result{Resource: p.Resource, Place: p.Place, Line: p.Place.Line, Pod: p, Severity: outcome.Info, Fails: p.Fails, Reason: p.Outcome,
		Rule: string(p.Outcome), Message: p.Message, Field: p.Template}
	switch {
	case p.LacksSettings():
		r.Message += ": it lacks " + strings.Join(p.Changes, ", ")
	case p.Fails && (p.Verdict == outcome.SPIRE || p.VerdictAccepted):
		var assumed []string
		for _, a := range p.Assumptions {
			assumed = append(assumed, a.Message)
		}
		r.Rule = Assumes
		r.Message = "its verdict assumes that " + strings.Join(assumed, ", and that ")
	case p.Fails:
		r.Rule = string(p.Verdict)
		r.Message = "its verdict is " + string(p.Verdict) + " [" + string(p.VerdictReason) + "], not " + string(outcome.SPIRE)
	}
	if p.Fails {
		r.Severity = outcome.Error
	}
	return r
}

func objectDecision(o outcome.Object) Result {
	r := Result{Resource: o.Resource, Place: o.Place, Line: o.Place.Line, Severity: outcome.Info, Fails: o.Fails, Reason: o.Outcome,
		Rule: string(o.Outcome), Message: o.Message}
	if o.Fails {
		r.Severity = outcome.Error
	}
	return r
}

func finding(f outcome.Finding, resource manifest.ResourceRef, place manifest.Place) Result {
	return Result{Resource: resource, Place: place, Line: cmp.Or(f.Line, place.Line), Severity: f.Severity, Fails: f.Fails, Accepted: f.Accepted,
		Reason: f.Reason, Rule: string(f.Reason), Message: f.Message, IsFinding: true, Field: f.Field, Remedy: f.Remedy}
}

// jobFailure is the result for an error that ended the job. Its place is known if the error is an [outcome.StreamError].
func jobFailure(err error) Result {
	r := Result{Severity: outcome.Error, Fails: true, Reason: JobFailed, Rule: string(JobFailed), Message: err.Error()}
	var at *outcome.StreamError
	if errors.As(err, &at) {
		r.Resource, r.Place, r.Line, r.Field, r.Message = at.Object, at.Place, at.Place.Line, at.Field, at.Cause.Error()
	}
	return r
}

// IsNotable says whether the result gets a message. A pod that is not selected gets none, and is only counted. A pod that Istio
// cannot inject gets the message of its finding.
func (r Result) IsNotable() bool {
	if r.Severity != outcome.Info {
		return true
	}
	switch r.Reason {
	case outcome.NotSelected, outcome.NoPodTemplate, outcome.LocalConfig, outcome.NotEnrolled:
		return false
	}
	return !r.Reason.StaysOutside()
}

// String returns the result as one line for people:
//
//	PLACE: OBJECT: MESSAGE                                         a decision
//	error: PLACE: OBJECT: MESSAGE                                  a decision that fails the job
//	SEVERITY: PLACE: OBJECT: FIELD: MESSAGE [REASON]; REMEDY       a finding
//	SEVERITY: FIELD: MESSAGE [REASON]; REMEDY                      a finding about the input
//
// A warning that fails the job, and a finding that is accepted, say so after the severity.
func (r Result) String() string {
	line := withField(r.Field, r.Message)
	if r.Resource.Kind != "" {
		line = placeText(r.Place) + ": " + r.Resource.String() + ": " + line
	}
	if r.Severity != outcome.Info {
		line = severityText(r.Severity, r.Accepted, r.Fails) + ": " + line
	}
	if r.IsFinding {
		line += " [" + string(r.Reason) + "]; " + r.Remedy
	}
	return line
}

// placeText returns the chart template or file of a document. If that is not known, it returns the line in the stream, which the
// user usually does not see.
func placeText(p manifest.Place) string {
	if p.Source != "" {
		return p.Source
	}
	return p.String()
}

// withField puts the field that a message is about in front of it.
func withField(field, message string) string {
	if field == "" {
		return message
	}
	return field + ": " + message
}
