package krm

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/yamledit"
)

// newResults returns a result for each pod, for each other object that was changed, and for each finding that is a warning or
// an error, and whether the job fails. A finding is an error also where the job, which is to enroll, does not fail by it. If the job fails,
// the last result counts what fails it.
func newResults(out *outcome.Outcome) (results []framework.Result, failed bool) {
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
		result := newResult(r.Resource, r.Place, r.Severity, message, r.Field)
		result.Tags = tags(r)
		results = append(results, result)
	}
	err := report.Failure(out)
	if err != nil {
		results = append(results, errorResult(err))
	}
	return results, err != nil
}

// tags are for programs: the reason of a finding, or the outcome that was decided.
func tags(r report.Result) map[string]string {
	name := "outcome"
	if r.IsFinding {
		name = "reason"
	}
	tags := map[string]string{name: string(r.Reason)}
	if r.Fails {
		tags["fails"] = "true"
	}
	if r.Pod != nil && r.Pod.Verdict != "" {
		tags["verdict"] = string(r.Pod.Verdict)
	}
	if r.Pod != nil && r.Pod.SPIFFEID != "" {
		tags["spiffeID"] = r.Pod.SPIFFEID
	}
	return tags
}

// newResult leaves out what is not known, because the schema of the specification requires the fields of an object. It always sets
// the severity, because the specification treats a missing one as an error.
func newResult(ref manifest.ResourceRef, at manifest.Place, severity outcome.Severity, message, field string) framework.Result {
	r := framework.Result{Message: message, Severity: framework.Severity(severity)}
	if ref.Name != "" {
		r.ResourceRef = &kyaml.ResourceIdentifier{
			TypeMeta: kyaml.TypeMeta{APIVersion: ref.APIVersion, Kind: ref.Kind},
			NameMeta: kyaml.NameMeta{Name: ref.Name, Namespace: ref.Namespace},
		}
		if field != "" {
			r.Field = &framework.Field{Path: field}
		}
	}
	if at.Source != "" {
		r.File = &framework.File{Path: at.Source, Index: at.Index}
	}
	return r
}

// errorResult is the result for a list that cannot be read or edited.
func errorResult(err error) framework.Result {
	var at *outcome.StreamError
	if !errors.As(err, &at) {
		return framework.Result{Message: err.Error(), Severity: framework.Error}
	}
	return newResult(at.Object, at.Place, outcome.Error, at.Cause.Error(), at.Field)
}

// configResults returns one result that names the invalid fields of the functionConfig.
func configResults(functionConfig *yaml.Node, err error) []framework.Result {
	metadata := yamledit.Lookup(functionConfig, "metadata")
	ref := manifest.ResourceRef{
		APIVersion: yamledit.Text(yamledit.Lookup(functionConfig, "apiVersion")),
		Kind:       yamledit.Text(yamledit.Lookup(functionConfig, "kind")),
		Name:       yamledit.Text(yamledit.Lookup(metadata, "name")),
	}
	result := newResult(ref, manifest.Place{}, outcome.Error, "functionConfig: "+err.Error(), "")
	var problems *config.Error
	if errors.As(err, &problems) && len(problems.Problems) == 1 && result.ResourceRef != nil {
		if field, _, found := strings.Cut(problems.Problems[0], ": "); found {
			result.Field = &framework.Field{Path: field}
		}
	}
	return []framework.Result{result}
}
