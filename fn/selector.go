package fn

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"enmesh.dev/enmesh/fn/yamledit"
)

// selector is one of kustomize's, compiled.
type selector struct {
	patterns    *types.SelectorRegex
	labels      labels.Selector
	annotations labels.Selector
}

func newSelectors(specs []types.Selector) ([]selector, error) {
	selectors := make([]selector, 0, len(specs))
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

// matchAny says whether one of the selectors matches the pod's workload. Labels and annotations match on the
// workload's metadata or on the pod's.
func matchAny(selectors []selector, p pod) bool {
	for _, s := range selectors {
		if s.matches(p) {
			return true
		}
	}
	return false
}

func (s selector) matches(p pod) bool {
	group, version := groupVersion(p.ref.APIVersion)
	return s.patterns.MatchGvk(resid.Gvk{Group: group, Version: version, Kind: p.ref.Kind}) &&
		s.patterns.MatchName(p.ref.Name) && s.patterns.MatchNamespace(p.ref.Namespace) &&
		p.matches("labels", s.labels) && p.matches("annotations", s.annotations)
}

func (p pod) matches(section string, s labels.Selector) bool {
	workload := yamledit.Lookup(yamledit.Lookup(p.node, "metadata"), section)
	own := yamledit.Lookup(p.metadata(), section)
	return s.Empty() || s.Matches(labelSet{workload}) || s.Matches(labelSet{own})
}
