package fn

import (
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/yamledit"
)

// decision is what was decided about the objects of one document. Lines and offsets count from the text's start.
type decision struct {
	*source
	pods      []policy.Pod
	objects   []outcome.Object
	additions []addition // documents that follow this one
	inList    []manifest.ResourceRef
	unknown   []outcome.ObjectFinding // about pods of unknown kinds
	seen      int                     // how many objects the document holds
	targets   []int                   // the targets that match one of them, by index
	removed   bool                    // the whole document is removed
	edits     []yamledit.Edit
	err       error
}

// addition is a document to add, and its index among the objects.
type addition struct {
	*enroll.Addition
	object int
}

// job makes the decision about one document.
type job struct {
	t       *Transformer
	facts   *mesh.Facts
	ways    *reach.Index
	planned planned
	*decision
	names map[manifest.ResourceRef]bool // of objects added to lists
}

// document decides about the objects of the document, and returns it with its edits queued; or nil if it passes as it is.
func (j *job) document() (doc *yamledit.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, internalError(r)
		}
	}()
	doc, err = j.take()
	switch {
	case err != nil && j.Interest&stream.Pods == 0 && (j.outline == nil || j.Interest&stream.Facts == 0):
		return nil, nil // it holds no pod: like other text that is no YAML, it passes
	case err != nil && j.outline != nil:
		return nil, err
	case err != nil:
		return nil, notYAML(err, j.text)
	}
	err = j.visit(doc, j.t.enroller.Spec.Namespace, func(o manifest.Object) error {
		if err := j.object(o); err != nil {
			return &objectError{o, err}
		}
		return nil
	})
	switch {
	case err != nil && j.outline != nil:
		return nil, errNotByItem // the whole list may have the better message
	case err != nil:
		return nil, err
	}
	return doc, nil
}

// object decides about one object: a workload, or an object of the mesh.
func (j *job) object(o manifest.Object) error {
	e := j.t.enroller
	if !manifest.IsList(o.Ref.Kind) {
		j.seen++
	}
	if rows := j.t.kinds.Find(o.Ref.APIVersion, o.Ref.Kind); rows != nil {
		j.dropped(o, rows)
		return j.workload(o, rows)
	}
	if p, made := j.facts.GatewayPod(o); made {
		if err := j.rendered(o); err != nil {
			return err
		}
		return j.pod(o, p, false)
	}
	j.suspect(o)
	if e.Spec.Mode == config.Unenroll && e.Added(o, j.planned.policies, j.planned.overlays) {
		return j.remove(o)
	}
	if _, installs := installer.Of(o); installs || o.Ref.Kind == "ConfigMap" {
		j.targets = e.MatchTargets(manifest.PodTemplate{Object: o, Template: o.Node}, j.targets)
		changes, err := e.PatchIstiod(o)
		if err == nil && len(changes) == 0 && j.planned.overlays[o.Ref] {
			changes, err = e.PatchOverlay(o)
		}
		if err != nil || len(changes) == 0 {
			return err
		}
		reason := outcome.Patched
		if e.Spec.Mode == config.Check {
			reason = outcome.Missing
		} else if e.Spec.Mode == config.Unenroll {
			reason = outcome.Removed
		}
		j.note(outcome.Object{Resource: o.Ref, Place: o.Place(), Outcome: reason, Changes: changes})
	}
	return nil
}

// remove removes a whole object.
func (j *job) remove(o manifest.Object) error {
	j.note(outcome.Object{Resource: o.Ref, Place: o.Place(), Outcome: outcome.Removed})
	if o.List != nil {
		return o.Doc.RemoveItem(o.List, o.Item)
	}
	j.removed = true
	return nil
}

func (j *job) note(o outcome.Object) { j.objects = append(j.objects, o) }

// suspect looks for pods in an object of a kind that is not known. Nothing is done to them, but if they would be enrolled, that is said.
func (j *job) suspect(o manifest.Object) {
	e := j.t.enroller
	if e.Spec.Mode == config.Unenroll || o.Ref.APIVersion == "" || yamledit.Lookup(o.Node, "kind") == nil || !manifest.MayBeUnknownKind(o.Ref.APIVersion, o.Ref.Kind, stream.NewText(j.text)) {
		return
	}
	for _, path := range manifest.SuspectedPaths(o) {
		rows := []manifest.Kind{manifest.CustomKind(manifest.RowFor(o, path))}
		for _, p := range manifest.PodTemplates(o, rows) {
			j.targets = e.MatchTargets(p, j.targets)
			if e.Decide(p, j.facts) == "" {
				j.unknown = append(j.unknown, verdict.JudgeUnknownKind(p, e)...)
				break
			}
		}
	}
}

// dropped looks for pods of an object to which its operator passes nothing on. If they would be enrolled, that is said.
func (j *job) dropped(o manifest.Object, rows []manifest.Kind) {
	for i := range rows {
		if j.t.enroller.Spec.Mode == config.Unenroll || !rows[i].DropsPodsOf(o) {
			continue
		}
		p := manifest.PodTemplate{Object: o, Kind: rows[i], Template: o.Node}
		if j.t.enroller.Decide(p, j.facts) == "" {
			j.unknown = append(j.unknown, verdict.JudgeUnknownKind(p, j.t.enroller)...)
		}
	}
}

// workload decides about the pods of one object, and queues their edits.
func (j *job) workload(o manifest.Object, rows []manifest.Kind) error {
	if err := j.rendered(o); err != nil {
		return err
	}
	templates := manifest.PodTemplates(o, rows)
	if len(templates) == 0 {
		j.targets = j.t.enroller.MatchTargets(manifest.PodTemplate{Object: o}, j.targets)
	}
	if len(templates) == 0 && !rows[0].NoTemplate {
		j.pods = append(j.pods, policy.Pod{Pod: outcome.Pod{Resource: o.Ref, Place: o.Place(), Outcome: outcome.NoPodTemplate}})
	}
	for _, p := range templates {
		if err := j.pod(o, p, len(templates) > 1); err != nil {
			return err
		}
	}
	return manifest.Create(templates)
}

// rendered returns a refusal of an object that holds a template action.
func (j *job) rendered(o manifest.Object) error {
	if at := manifest.Unrendered(o.Node, j.text); at != nil {
		return &yamledit.Refusal{Line: at.Line, Cause: "this is a template that is not rendered: render the chart first, as with `helm template`"}
	}
	return nil
}

// pod decides about one pod of an object, which may have several.
func (j *job) pod(o manifest.Object, p manifest.PodTemplate, several bool) (err error) {
	decided := policy.Pod{Pod: outcome.Pod{Resource: o.Ref, Place: o.Place()}}
	if several {
		decided.Template = p.Field
	}
	j.targets = j.t.enroller.MatchTargets(p, j.targets)
	var added *enroll.Addition
	if j.t.enroller.Spec.Mode == config.Unenroll {
		err = j.unenroll(p, &decided)
	} else {
		added, err = j.enroll(p, &decided)
	}
	if err != nil {
		return err
	}
	j.pods = append(j.pods, decided)
	return j.add(o, added)
}

// unenroll removes the mesh settings of a pod, if it is selected.
func (j *job) unenroll(p manifest.PodTemplate, decided *policy.Pod) (err error) {
	if decided.Outcome = j.t.enroller.DecideUnenroll(p); decided.Outcome != "" {
		return nil
	}
	var kept []enroll.Kept
	decided.Changes, kept, err = j.t.enroller.Unenroll(p)
	decided.Findings = verdict.JudgeUnenrolled(p, kept, j.t.enroller, j.facts)
	decided.Outcome = outcome.Unenrolled
	if len(decided.Changes) == 0 {
		decided.Outcome = outcome.NotEnrolled
	}
	return err
}

// enroll decides, enrolls and judges. It returns the object to add for the pod, or nil.
func (j *job) enroll(p manifest.PodTemplate, decided *policy.Pod) (*enroll.Addition, error) {
	e := j.t.enroller
	var plan *enroll.Plan
	if decided.Outcome = e.Decide(p, j.facts); decided.Outcome == "" {
		var err error
		decided.Role = e.Role(p)
		if plan, err = e.Enroll(p, decided.Role, j.facts); err != nil {
			return nil, err
		}
		decided.Changes = plan.Changes
		switch {
		case len(plan.Changes) == 0:
			decided.Outcome = outcome.AlreadyEnrolled
		case e.Spec.Mode == config.Check:
			decided.Outcome = outcome.NotEnrolled
		default:
			decided.Outcome = outcome.Enrolled
		}
	}
	judged := verdict.Judge(p, decided.Pod, plan, e, j.facts, j.ways)
	decided.Verdict, decided.VerdictReason, decided.VerdictAccepted = judged.Verdict, judged.Reason, judged.Accepted
	decided.Assumptions = judged.Assumptions
	decided.Findings, decided.Entries, decided.BypassedPorts = judged.Findings, judged.Entries, judged.BypassedPorts
	if replicas, ok := p.Replicas(); ok && !j.facts.IsScaled(p.Ref) {
		decided.Replicas = &replicas
	}
	if plan != nil && (!decided.Outcome.IsEnrolled() || judged.Verdict == outcome.SPIRE) {
		decided.SPIFFEID = j.facts.Identity(p, e.Spec.TrustDomain).String()
	}
	if p.IsMade && plan != nil {
		return plan.Overlay, nil
	}
	added, gate := judged.PeerAuthentication()
	if gate == enroll.Open && e.Spec.Mode == config.Enroll {
		decided.Policy = added.Policy
	}
	decided.LacksPolicy = added != nil && e.Spec.Mode == config.Check
	if j.t.needsIndex(j.facts) {
		decided.ServiceAccount, _ = p.ServiceAccount()
		decided.Labels, decided.Accepts, decided.Ways = judged.Labels(), enroll.AcceptedByPod(p), judged.Ways()
	}
	return added, nil
}

// add puts an added object after the one that it belongs to: in its list, or as a separate document.
func (j *job) add(beside manifest.Object, a *enroll.Addition) error {
	if a == nil {
		return nil
	}
	a.PlaceBeside(beside)
	if beside.List != nil {
		if j.names == nil {
			j.names = map[manifest.ResourceRef]bool{}
		}
		a.TakeName(j.names)
		j.inList = append(j.inList, a.Ref)
	}
	j.note(outcome.Object{Resource: a.Ref, Place: beside.Place(), Outcome: j.t.enroller.ReasonToAdd(), Changes: a.Changes})
	if beside.List != nil {
		return beside.Doc.InsertAfter(beside.List, beside.Item, a.Node())
	}
	j.additions = append(j.additions, addition{a, len(j.objects) - 1})
	return nil
}
