package manifest

// SelectorIndex finds the selectors that select a pod. There may be as many as pods, so each is filed under its rarest label.
type SelectorIndex struct {
	selectors []Labels
	byLabel   map[labelIn][]int
}

type labelIn struct{ namespace, key, value string }

// NewSelectorIndex indexes selectors of pods, each in the namespace with the same index. One without labels selects nothing.
func NewSelectorIndex(namespaces []string, selectors []Labels) SelectorIndex {
	count := map[labelIn]int{}
	for i, selector := range selectors {
		for _, l := range selector {
			count[labelIn{namespaces[i], l.Key, l.Value}]++
		}
	}
	index := SelectorIndex{selectors, map[labelIn][]int{}}
	for i, selector := range selectors {
		var rarest labelIn
		for _, l := range selector {
			if at := (labelIn{namespaces[i], l.Key, l.Value}); rarest.key == "" || count[at] < count[rarest] {
				rarest = at
			}
		}
		if rarest.key != "" {
			index.byLabel[rarest] = append(index.byLabel[rarest], i)
		}
	}
	return index
}

// Find returns the indexes of the selectors in a namespace that select a pod with these labels.
func (x SelectorIndex) Find(namespace string, pod Labels) []int {
	var found []int
	for _, l := range pod {
		for _, i := range x.byLabel[labelIn{namespace, l.Key, l.Value}] {
			if pod.Match(x.selectors[i]) {
				found = append(found, i)
			}
		}
	}
	return found
}
