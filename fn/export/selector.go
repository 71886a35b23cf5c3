package export

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"enmesh.dev/enmesh/fn/config"
)

// onPod returns what a policy for pods cannot express of a selector.
func onPod(s config.Selector) (problems []problem) {
	const owner = "a pod does not show the workload that it belongs to; select by namespace, labels or annotations"
	for _, pattern := range [][2]string{{"group", s.Group}, {"version", s.Version}, {"kind", s.Kind}, {"name", s.Name}} {
		if pattern[1] != "" {
			problems = append(problems, problem{pattern[0], owner})
		}
	}
	for _, query := range [][2]string{{"labelSelector", s.LabelSelector}, {"annotationSelector", s.AnnotationSelector}} {
		requirements, _ := labels.ParseToRequirements(query[1]) // Validate has checked it
		for _, r := range requirements {
			if r.Operator() == selection.GreaterThan || r.Operator() == selection.LessThan {
				problems = append(problems, problem{query[0], "a policy does not compare numbers; use in, notin or exists"})
			}
		}
	}
	return problems
}

// matchAny returns an expression that says whether one of the selectors matches the pod.
func (p pod) matchAny(selectors []config.Selector) string {
	var each []string
	for _, s := range selectors {
		each = append(each, "("+p.matchAll(s)+")")
	}
	return anyOf(each...)
}

func (p pod) matchAll(s config.Selector) string {
	var terms []string
	if s.Namespace != "" {
		terms = append(terms, "request.namespace.matches("+quote("^(?:"+s.Namespace+")$")+")")
	}
	terms = append(terms, requirements(s.LabelSelector, p.label)...)
	terms = append(terms, requirements(s.AnnotationSelector, p.annotation)...)
	if terms == nil {
		return "true"
	}
	return strings.Join(terms, " && ")
}

// requirements returns an expression for each requirement of a selector.
func requirements(query string, setting func(string) string) (terms []string) {
	parsed, _ := labels.ParseToRequirements(query) // Validate has checked it
	for _, r := range parsed {
		value, values := setting(r.Key()), list(r.Values().List())
		switch r.Operator() {
		case selection.Exists:
			terms = append(terms, value+".hasValue()")
		case selection.DoesNotExist:
			terms = append(terms, "!"+value+".hasValue()")
		case selection.NotIn, selection.NotEquals:
			terms = append(terms, fmt.Sprintf("!(%s.hasValue() && %s in %s)", value, text(value), values))
		default:
			terms = append(terms, fmt.Sprintf("%s.hasValue() && %s in %s", value, text(value), values))
		}
	}
	return terms
}
