package fn

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict"
)

// inspect looks at the objects that affect pods, after all pods are judged. It returns an index of the pods for policies (nil if it
// is not needed), and the findings about objects, in the order of their documents.
func (t *Transformer) inspect(decisions []decision, facts *mesh.Facts) (*policy.Index, []verdict.ObjectFinding) {
	if !t.needsIndex(facts) {
		return nil, nil
	}
	var pods []*policy.Pod
	for i := range decisions {
		for j := range decisions[i].pods {
			pods = append(pods, &decisions[i].pods[j])
		}
	}
	index := policy.NewIndex(pods, facts)
	findings := append(t.inspectAdded(decisions, facts), verdict.JudgeObjects(index, t.enroller, facts)...)
	slices.SortStableFunc(findings, func(a, b verdict.ObjectFinding) int { return a.Document - b.Document })
	return index, findings
}

// needsIndex says whether anything asks which pods are selected by which labels.
func (t *Transformer) needsIndex(facts *mesh.Facts) bool {
	spec := t.enroller.Spec
	return spec.Mode != config.Unenroll && (len(facts.Objects) > 0 || spec.ClusterSPIFFEID != nil || spec.PeerAuthentication != "")
}

// inspectAdded looks at the ClusterSPIFFEID that is added. Its place is that of the last enrolled pod.
func (t *Transformer) inspectAdded(decisions []decision, facts *mesh.Facts) []verdict.ObjectFinding {
	added := t.enroller.ClusterSPIFFEID(facts)
	for n := len(decisions) - 1; n >= 0 && added != nil; n-- {
		for _, p := range slices.Backward(decisions[n].pods) {
			if p.Reason.IsEnrolled() {
				return verdict.JudgeAdded(added, p.Place, n, t.enroller, facts)
			}
		}
	}
	return nil
}
