package krm

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/yamledit"
)

// newResults returns a result for each pod, for each other object that was changed, and for each finding that is a warning or
// an error, and whether the job fails. A finding is an error also where the job, which is to enroll, does not fail by it. If the job fails,
// the last result counts what fails it.
func newResults(out *outcome.Outcome) (results []result, failed bool) {
	results = make([]result, 0, len(out.Pods)+1)
	if out.Preset != nil {
		results = append(results, result{message: out.Preset.Sentence(), severity: outcome.Info})
	}
	for r := range report.Results(out) {
		if r.Pod != nil && r.Pod.Outcome == outcome.NoPodTemplate {
			continue
		}
		message := r.Message
		if r.IsFinding {
			message += "; " + r.Remedy
		}
		if r.Resource.Kind == "" && r.Field != "" { // a result without a resource has no field
			message = r.Field + ": " + message
		}
		if r.Accepted {
			message = "accepted: " + message
		}
		one := newResult(r.Resource, r.Place, r.Severity, message, r.Field)
		one.tags = tags(r)
		results = append(results, one)
	}
	err := report.Failure(out)
	if err != nil {
		results = append(results, errorResult(err))
	}
	return results, err != nil
}

// tags has the reason of a finding, or the outcome that was decided.
func tags(r report.Result) []tag {
	tags := make([]tag, 0, 4)
	if r.Fails {
		tags = append(tags, tag{"fails", "true"})
	}
	name := "outcome"
	if r.IsFinding {
		name = "reason"
	}
	tags = append(tags, tag{name, string(r.Reason)})
	if r.Pod != nil && r.Pod.SPIFFEID != "" {
		tags = append(tags, tag{"spiffeID", r.Pod.SPIFFEID})
	}
	if r.Pod != nil && r.Pod.Verdict != "" {
		tags = append(tags, tag{"verdict", string(r.Pod.Verdict)})
	}
	return tags
}

// newResult leaves out what is not known, because the schema of the specification requires the fields of an object. It always sets
// the severity, because the specification treats a missing one as an error.
func newResult(ref manifest.ResourceRef, at manifest.Place, severity outcome.Severity, message, field string) result {
	r := result{message: message, severity: severity}
	if ref.Name != "" {
		r.resource, r.field = ref, field
	}
	if at.Source != "" {
		r.file, r.index = at.Source, at.Index
	}
	return r
}

// errorResult is the result for a list that cannot be read or edited.
func errorResult(err error) result {
	var at *outcome.StreamError
	if !errors.As(err, &at) {
		return result{message: err.Error(), severity: outcome.Error}
	}
	return newResult(at.Object, at.Place, outcome.Error, at.Cause.Error(), at.Field)
}

// configResults returns one result that names the invalid fields of the functionConfig.
func configResults(functionConfig *yaml.Node, err error) []result {
	metadata := yamledit.Lookup(functionConfig, "metadata")
	ref := manifest.ResourceRef{
		APIVersion: yamledit.Text(yamledit.Lookup(functionConfig, "apiVersion")),
		Kind:       yamledit.Text(yamledit.Lookup(functionConfig, "kind")),
		Name:       yamledit.Text(yamledit.Lookup(metadata, "name")),
	}
	invalid := newResult(ref, manifest.Place{}, outcome.Error, "functionConfig: "+err.Error(), "")
	var problems *config.Error
	if errors.As(err, &problems) && len(problems.Problems) == 1 && invalid.resource.Name != "" {
		if field, _, found := strings.Cut(problems.Problems[0], ": "); found {
			invalid.field = field
		}
	}
	return []result{invalid}
}
