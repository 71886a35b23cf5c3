package page

import (
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/outcome"
)

// anchors are the ids of the page that are made of names.
type anchors map[string]bool

// unique returns an id that the page does not have yet, made of a name: "pod-Deployment-demo-web".
func (a anchors) unique(prefix, name string) string {
	id := prefix + "-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, name)
	free := id
	for n := 2; a[free]; n++ {
		free = id + "-" + strconv.Itoa(n)
	}
	a[free] = true
	return free
}

// podName is the name of a pod's object and, if that has several pods, the place of the pod in it.
func podName(p *outcome.Pod) string {
	name := p.Resource.String()
	if p.Template != "" {
		name += " " + p.Template
	}
	return name
}
