package fn

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/parallel"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/yamledit"
)

// decide decides about the pods of each document and computes its edits.
func (t *Transformer) decide(sources []source, facts *mesh.Facts, planned planned) []decision {
	ways := reach.NewIndex(facts)
	decisions := make([]decision, len(sources))
	for i := range sources {
		decisions[i].source = &sources[i]
	}
	var lists sharedLists
	t.progress.start(len(decisions))
	parallel.Each(batches(decisions), func(b *batch) {
		jobs := make([]job, len(b.decisions))
		for i := range jobs {
			jobs[i] = job{t: t, facts: facts, ways: ways, planned: planned, decision: &b.decisions[i]}
		}
		finish(jobs)
		for _, j := range jobs {
			j.compact(&lists)
			t.progress.add()
		}
	})
	return decisions
}

// batch is what is finished together. It has enough documents that the library's start does not count, and is small enough that the cores
// end together.
type batch struct {
	decisions []decision
	bytes     int // of their texts
}

const (
	batchSize  = 8
	batchBytes = 32 << 10
)

// batches cuts decisions into batches, and begins with those that take the longest.
func batches(decisions []decision) (all []batch) {
	start, bytes := 0, 0
	for i, d := range decisions {
		if bytes += len(d.text); i+1-start == batchSize || bytes > batchBytes || i+1 == len(decisions) {
			all = append(all, batch{decisions[start : i+1], bytes})
			start, bytes = i+1, 0
		}
	}
	slices.SortStableFunc(all, func(a, b batch) int { return b.bytes - a.bytes })
	return all
}

// finish makes the decisions of jobs.
func finish(jobs []job) {
	var open []*job
	var documents []*yamledit.Document
	for i := range jobs {
		j := &jobs[i]
		doc, err := j.document()
		if j.err = err; doc != nil {
			open, documents = append(open, j), append(documents, doc)
		}
	}
	for i, f := range finishAll(documents) {
		j := open[i]
		j.edits, j.err = f.Edits, f.Err
		switch {
		case f.Err != nil && j.outline != nil:
			j.err = errNotByItem // the whole list may allow the edit
		case f.Err == nil && !j.hasFacts:
			documents[i].Release() // facts and errors refer to the objects
		}
		if j.t.enroller.Spec.Mode == config.Check {
			j.edits = nil
		}
	}
}

// finishAll is yamledit.FinishAll without its panics.
func finishAll(documents []*yamledit.Document) (finished []yamledit.Finished) {
	defer func() {
		if r := recover(); r != nil {
			finished = slices.Repeat([]yamledit.Finished{{Err: internalError(r)}}, len(documents))
		}
	}()
	return yamledit.FinishAll(documents)
}
