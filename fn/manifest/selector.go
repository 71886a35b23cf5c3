package manifest

import (
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Selectors are compiled selectors of workloads, as in kustomize. They select a pod if one of them matches.
type Selectors []selector

type selector struct {
	group, version, kind, name, namespace *regexp.Regexp // nil matches everything

	labels, annotations labels.Selector
}

// NewSelectors compiles selectors. The error names the index of the invalid one.
func NewSelectors(specs []config.Selector) (Selectors, error) {
	selectors := make(Selectors, 0, len(specs))
	for i, spec := range specs {
		s, err := newSelector(spec)
		if err != nil {
			return nil, fmt.Errorf("[%d]%w", i, err)
		}
		selectors = append(selectors, s)
	}
	return selectors, nil
}

func newSelector(spec config.Selector) (s selector, err error) {
	for pattern, expression := range map[**regexp.Regexp]string{&s.group: spec.Group, &s.version: spec.Version, &s.kind: spec.Kind,
		&s.name: spec.Name, &s.namespace: spec.Namespace} {
		if expression == "" {
			continue
		}
		if *pattern, err = config.Pattern(expression); err != nil {
			return s, fmt.Errorf(": %w", err)
		}
	}
	if s.labels, err = labels.Parse(spec.LabelSelector); err != nil {
		return s, fmt.Errorf(".labelSelector: %w", err)
	}
	if s.annotations, err = labels.Parse(spec.AnnotationSelector); err != nil {
		return s, fmt.Errorf(".annotationSelector: %w", err)
	}
	return s, nil
}

// Match says whether one of the selectors matches the pod's workload. Labels and annotations match on the workload's
// metadata or on the pod's.
func (s Selectors) Match(p PodTemplate) bool {
	return slices.ContainsFunc(s, func(one selector) bool { return one.matches(p) })
}

func (s selector) matches(p PodTemplate) bool {
	return s.names(p.Ref) && p.matches("labels", s.labels) && p.matches("annotations", s.annotations)
}

// names says whether the patterns match an object.
func (s selector) names(ref ResourceRef) bool {
	matches := func(pattern *regexp.Regexp, value string) bool { return pattern == nil || pattern.MatchString(value) }
	group, version := GroupVersion(ref.APIVersion)
	return matches(s.group, group) && matches(s.version, version) && matches(s.kind, ref.Kind) &&
		matches(s.name, ref.Name) && matches(s.namespace, ref.Namespace)
}

func (p PodTemplate) matches(section string, s labels.Selector) bool {
	workload := yamledit.Lookup(p.Node, "metadata", section)
	own := yamledit.Lookup(p.Metadata(), section)
	return s.Empty() || s.Matches(labelSet{workload}) || s.Matches(labelSet{own})
}

// labelSet adapts a mapping to what label selectors match.
type labelSet struct{ node *yaml.Node }

func (s labelSet) Has(key string) bool              { return yamledit.Lookup(s.node, key) != nil }
func (s labelSet) Get(key string) string            { return yamledit.Text(yamledit.Lookup(s.node, key)) }
func (s labelSet) Lookup(key string) (string, bool) { return s.Get(key), s.Has(key) }

// LabelSelector reads a label selector of the Kubernetes API. An empty or missing one selects everything, an invalid one
// nothing.
func LabelSelector(node *yaml.Node) labels.Selector {
	var requirements []labels.Requirement
	valid := true
	add := func(key string, operator selection.Operator, values []string) {
		requirement, err := labels.NewRequirement(key, operator, values)
		if valid = valid && err == nil; valid {
			requirements = append(requirements, *requirement)
		}
	}
	for key, value := range StringMap(yamledit.Lookup(node, "matchLabels")) {
		add(key, selection.Equals, []string{value})
	}
	for _, expression := range yamledit.Items(yamledit.Lookup(node, "matchExpressions")) {
		add(yamledit.Text(yamledit.Lookup(expression, "key")), operators[yamledit.Text(yamledit.Lookup(expression, "operator"))],
			yamledit.Texts(yamledit.Lookup(expression, "values")))
	}
	if !valid {
		return labels.Nothing()
	}
	return labels.NewSelector().Add(requirements...)
}

// operators are those of matchExpressions.
var operators = map[string]selection.Operator{"In": selection.In, "NotIn": selection.NotIn, "Exists": selection.Exists, "DoesNotExist": selection.DoesNotExist}
