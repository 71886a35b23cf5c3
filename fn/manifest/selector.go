package manifest

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Selectors are compiled kustomize selectors. They select a pod if one of them matches.
type Selectors []selector

type selector struct {
	patterns    *types.SelectorRegex
	labels      labels.Selector
	annotations labels.Selector
}

// NewSelectors compiles selectors. The error names the index of the invalid one.
func NewSelectors(specs []types.Selector) (Selectors, error) {
	selectors := make(Selectors, 0, len(specs))
	for i := range specs {
		spec := specs[i]
		patterns, err := types.NewSelectorRegex(&spec)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		byLabel, err := labels.Parse(spec.LabelSelector)
		if err != nil {
			return nil, fmt.Errorf("[%d].labelSelector: %w", i, err)
		}
		byAnnotation, err := labels.Parse(spec.AnnotationSelector)
		if err != nil {
			return nil, fmt.Errorf("[%d].annotationSelector: %w", i, err)
		}
		selectors = append(selectors, selector{patterns, byLabel, byAnnotation})
	}
	return selectors, nil
}

// Match says whether one of the selectors matches the pod's workload. Labels and annotations match on the workload's
// metadata or on the pod's.
func (s Selectors) Match(p PodTemplate) bool {
	return slices.ContainsFunc(s, func(one selector) bool { return one.matches(p) })
}

func (s selector) matches(p PodTemplate) bool {
	group, version := GroupVersion(p.Ref.APIVersion)
	return s.patterns.MatchGvk(resid.Gvk{Group: group, Version: version, Kind: p.Ref.Kind}) &&
		s.patterns.MatchName(p.Ref.Name) && s.patterns.MatchNamespace(p.Ref.Namespace) &&
		p.matches("labels", s.labels) && p.matches("annotations", s.annotations)
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
	spec := metav1.LabelSelector{MatchLabels: StringMap(yamledit.Lookup(node, "matchLabels"))}
	for _, expression := range yamledit.Items(yamledit.Lookup(node, "matchExpressions")) {
		requirement := metav1.LabelSelectorRequirement{Key: yamledit.Text(yamledit.Lookup(expression, "key")),
			Operator: metav1.LabelSelectorOperator(yamledit.Text(yamledit.Lookup(expression, "operator")))}
		for _, value := range yamledit.Items(yamledit.Lookup(expression, "values")) {
			requirement.Values = append(requirement.Values, yamledit.Text(value))
		}
		spec.MatchExpressions = append(spec.MatchExpressions, requirement)
	}
	selector, err := metav1.LabelSelectorAsSelector(&spec)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}
