package main

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/yamledit"
)

// The severity of a result is always written: the specification takes a missing one for an error.

// podResults gives one result a pod, and one for each finding that someone should act on.
func podResults(pods []fn.Pod, spec fn.MeshEnrollmentSpec) []framework.Result {
	var results []framework.Result
	for _, p := range pods {
		if p.Reason == fn.NoPodTemplate {
			continue
		}
		outcome := podResult(p, p.Reason, fn.Info, p.Message, "")
		if p.Reason == fn.NotEnrolled && p.Role != "" {
			outcome = podResult(p, p.Reason, fn.Error, p.Message+": it lacks "+strings.Join(p.Changes, ", "), "")
		}
		results = append(results, outcome)
		for _, f := range p.Findings {
			if severity := f.Judged(spec); severity != fn.Info {
				results = append(results, podResult(p, f.Reason, severity, f.Message+"; "+f.Remedy, f.Field))
			}
		}
	}
	return results
}

// objectResults gives one result for each other object that was added, patched or removed.
func objectResults(objects []fn.Object) []framework.Result {
	var results []framework.Result
	for _, o := range objects {
		severity := fn.Info
		if o.Reason == fn.Missing {
			severity = fn.Error
		}
		r := newResult(o.Resource, o.Place, severity, o.Message, "")
		r.Tags = map[string]string{"reason": string(o.Reason)}
		results = append(results, *r)
	}
	return results
}

// findingResults gives one result for each finding about an object that is no pod.
func findingResults(findings []fn.ObjectFinding, spec fn.MeshEnrollmentSpec) []framework.Result {
	var results []framework.Result
	for _, f := range findings {
		if severity := f.Judged(spec); severity != fn.Info {
			r := newResult(f.Resource, f.Place, severity, f.Message+"; "+f.Remedy, f.Field)
			r.Tags = map[string]string{"reason": string(f.Reason)}
			results = append(results, *r)
		}
	}
	return results
}

func podResult(p fn.Pod, reason fn.Reason, severity fn.Severity, message, field string) framework.Result {
	r := newResult(p.Resource, p.Place, severity, message, field)
	r.Tags = map[string]string{"reason": string(reason)}
	if p.Verdict != "" {
		r.Tags["verdict"] = string(p.Verdict)
	}
	if p.SPIFFEID != "" {
		r.Tags["spiffeID"] = p.SPIFFEID
	}
	return *r
}

// newResult leaves out what is not known, for the specification's schema requires the parts of what is there.
func newResult(ref fn.ResourceRef, at fn.Place, severity fn.Severity, message, field string) *framework.Result {
	r := &framework.Result{Message: message, Severity: framework.Severity(severity)}
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
	var at *fn.StreamError
	if !errors.As(err, &at) {
		return framework.Result{Message: err.Error(), Severity: framework.Error}
	}
	return *newResult(at.Object, at.Place, fn.Error, at.Cause.Error(), at.Field)
}

// configResults is one result that names the fields of the functionConfig that are wrong.
func configResults(config *yaml.Node, err error) []framework.Result {
	metadata := yamledit.Lookup(config, "metadata")
	ref := fn.ResourceRef{
		APIVersion: scalar(yamledit.Lookup(config, "apiVersion")),
		Kind:       scalar(yamledit.Lookup(config, "kind")),
		Name:       scalar(yamledit.Lookup(metadata, "name")),
	}
	result := newResult(ref, fn.Place{}, fn.Error, "functionConfig: "+err.Error(), "")
	var problems *fn.ConfigError
	if errors.As(err, &problems) && len(problems.Problems) == 1 && result.ResourceRef != nil {
		if field, _, found := strings.Cut(problems.Problems[0], ": "); found {
			result.Field = &framework.Field{Path: field}
		}
	}
	return []framework.Result{*result}
}

func hasError(results []framework.Result) bool {
	for _, r := range results {
		if r.Severity == framework.Error {
			return true
		}
	}
	return false
}
