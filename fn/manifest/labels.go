package manifest

import (
	"cmp"
	"slices"
	"strings"
	"unique"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Labels are labels in the order of their keys. A map would take several times the memory, and a stream may hold a million
// pods.
type Labels []Label

// Label is a label.
type Label struct{ Key, Value string }

// NewLabels returns nil for nil.
func NewLabels(set map[string]string) Labels {
	if set == nil {
		return nil
	}
	list := make(Labels, 0, len(set))
	for key, value := range set {
		list = append(list, Label{unique.Make(key).Value(), value})
	}
	slices.SortFunc(list, func(a, b Label) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// String returns the form of a selector: app=web,tier=cache.
func (l Labels) String() string {
	list := make([]string, len(l))
	for i, label := range l {
		list[i] = label.Key + "=" + label.Value
	}
	return strings.Join(list, ",")
}

// Match says whether these labels include all labels of a selector.
func (l Labels) Match(selector Labels) bool {
	return !slices.ContainsFunc(selector, func(label Label) bool { return !slices.Contains(l, label) })
}

// Set returns the labels in the form that Kubernetes selectors match.
func (l Labels) Set() labels.Set {
	set := make(labels.Set, len(l))
	for _, label := range l {
		set[label.Key] = label.Value
	}
	return set
}

// StringMap reads a mapping of strings. It returns nil if the mapping is empty.
func StringMap(mapping *yaml.Node) map[string]string {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	var values map[string]string
	for _, name := range yamledit.Keys(mapping) {
		if values == nil {
			values = map[string]string{}
		}
		values[name] = yamledit.Text(yamledit.Lookup(mapping, name))
	}
	return values
}
