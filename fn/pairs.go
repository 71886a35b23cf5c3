package fn

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// pairs are labels in the order of their keys. A map would take several times the room, and a stream may hold a million.
type pairs []pair

type pair struct{ key, value string }

// newPairs returns nil for nil.
func newPairs(set map[string]string) pairs {
	if set == nil {
		return nil
	}
	list := make(pairs, 0, len(set))
	for key, value := range set {
		share(&key)
		list = append(list, pair{key, value})
	}
	slices.SortFunc(list, func(a, b pair) int { return cmp.Compare(a.key, b.key) })
	return list
}

// String is the form of a selector.
func (p pairs) String() string {
	list := make([]string, len(p))
	for i, label := range p {
		list[i] = label.key + "=" + label.value
	}
	return strings.Join(list, ",")
}

// matches says whether an object with these labels has all of a selector's.
func (p pairs) matches(selector pairs) bool {
	return !slices.ContainsFunc(selector, func(label pair) bool { return !slices.Contains(p, label) })
}

func (p pairs) set() labels.Set {
	set := make(labels.Set, len(p))
	for _, label := range p {
		set[label.key] = label.value
	}
	return set
}
