package fn

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/parallel"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/yamledit"
)

// decide decides about the pods of each document and computes its edits.
func (t *Transformer) decide(sources []source, facts *mesh.Facts, planned enroll.PlannedPolicies) []decision {
	ways := reach.NewIndex(facts)
	decisions := make([]decision, len(sources))
	for i := range sources {
		decisions[i].source = &sources[i]
	}
	var lists sharedLists
	t.progress.start(len(decisions))
	parallel.Each(batches(decisions), func(batch *[]decision) {
		jobs := make([]job, len(*batch))
		for i := range jobs {
			jobs[i] = job{t: t, facts: facts, ways: ways, planned: planned, decision: &(*batch)[i]}
		}
		finish(jobs)
		for _, j := range jobs {
			j.compact(&lists)
			t.progress.add()
		}
	})
	return decisions
}

// A batch is finished together. It has enough documents that the library's start does not count, and is small enough that the cores end
// together.
const (
	batchSize  = 8
	batchBytes = 32 << 10
)

// batches cuts decisions into batches, and begins with those that take the longest.
func batches(decisions []decision) (all [][]decision) {
	start, size := 0, 0
	for i, d := range decisions {
		if size += len(d.text); i+1-start == batchSize || size > batchBytes || i+1 == len(decisions) {
			all = append(all, decisions[start:i+1])
			start, size = i+1, 0
		}
	}
	slices.SortStableFunc(all, func(a, b []decision) int { return bytesIn(b) - bytesIn(a) })
	return all
}

func bytesIn(batch []decision) (sum int) {
	for _, d := range batch {
		sum += len(d.text)
	}
	return sum
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
