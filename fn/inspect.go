package fn

import (
	"cmp"
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// inspection is what is known only after all pods are judged.
type inspection struct {
	index   *policy.Index // of the pods, for policies; nil if it is not needed
	servers map[*policy.Pod]verdict.ServerJudgement
	objects []verdict.ObjectFinding // in the order of their documents
	input   []outcome.Finding
}

// inspect looks at the objects that affect pods, at the pods as their clients see them, and at the input as a whole.
func (t *Transformer) inspect(streams []stream.Stream, decisions []decision, facts *mesh.Facts) inspection {
	found := inspection{input: t.inspectInput(streams, decisions, facts)}
	for i := range decisions {
		for _, f := range decisions[i].unknown {
			found.objects = append(found.objects, verdict.ObjectFinding{ObjectFinding: f, Document: i})
		}
	}
	if !t.needsIndex(facts) {
		return found
	}
	var pods []*policy.Pod
	for i := range decisions {
		for j := range decisions[i].pods {
			pods = append(pods, &decisions[i].pods[j])
		}
	}
	found.index = policy.NewIndex(pods, facts)
	found.servers = verdict.JudgeServers(found.index, t.enroller, facts)
	found.objects = slices.Concat(found.objects, t.inspectAdded(decisions, facts), verdict.JudgeObjects(found.index, t.enroller, facts))
	slices.SortStableFunc(found.objects, func(a, b verdict.ObjectFinding) int {
		return cmp.Or(a.Document-b.Document, a.Place.Line-b.Place.Line)
	})
	return found
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
			if p.Outcome.IsEnrolled() {
				return verdict.JudgeAdded(added, p.Place, n, t.enroller, facts)
			}
		}
	}
	return nil
}

// inspectInput looks at the input and the selection as a whole.
func (t *Transformer) inspectInput(streams []stream.Stream, decisions []decision, facts *mesh.Facts) []outcome.Finding {
	in := analysis.Input{Enroller: t.enroller, Facts: t.enroller.FactsAfterEnrollment(facts), Given: t.given}
	documents, objects := make([]int, len(streams)), make([]int, len(streams))
	matched := make([]bool, len(t.enroller.Spec.Targets))
	for i := range decisions {
		d := &decisions[i]
		documents[d.Stream]++
		objects[d.Stream] += d.seen
		in.Pods += len(d.pods)
		for _, p := range d.pods {
			if p.Outcome.IsSelected() {
				in.Selected++
			}
		}
		for _, n := range d.targets {
			matched[n] = true
		}
	}
	for n, found := range matched {
		if !found {
			in.Unmatched = append(in.Unmatched, n)
		}
	}
	for i, s := range streams {
		if stream.IsBlank(s.Bytes) || documents[i] > 0 && objects[i] == 0 && documents[i] == s.Count() {
			in.Empty = append(in.Empty, s.Name)
		}
	}
	return verdict.JudgeInput(in)
}
