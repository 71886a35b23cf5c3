package config

import "regexp"

// Selector says what a workload must be to match: all that is set. Its fields are those of kustomize's selectors, which a test compares.
type Selector struct {
	// Group is the API group of the workload. Group, version, kind, name and namespace are regular expressions that must match as a whole.
	Group string `json:"group,omitempty"`
	// Version is the API version of the workload.
	Version string `json:"version,omitempty"`
	// Kind of the workload.
	Kind string `json:"kind,omitempty"`
	// Name of the workload.
	Name string `json:"name,omitempty"`
	// Namespace of the workload.
	Namespace string `json:"namespace,omitempty"`
	// AnnotationSelector selects annotations of the workload or of its pods, in the form of a label selector.
	AnnotationSelector string `json:"annotationSelector,omitempty"`
	// LabelSelector selects labels of the workload or of its pods, as in kubectl: app=web,tier!=cache.
	LabelSelector string `json:"labelSelector,omitempty"`
}

// Pattern compiles a regular expression that must match as a whole. It anchors it as kustomize does. The expression must also be valid by
// itself: `a\Q` is, and is not with the anchors; `a)(?:b` is only with them.
func Pattern(expression string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(expression); err != nil {
		return nil, err
	}
	return regexp.Compile("^(?:" + expression + ")$")
}
