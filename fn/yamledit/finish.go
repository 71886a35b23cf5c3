package yamledit

import (
	"fmt"
	"sync"

	"enmesh.dev/enmesh/fn/yamledit/library"
	"enmesh.dev/enmesh/fn/yamledit/proof"
)

// Finished is what became of a document: its edits, or why there are none.
type Finished struct {
	Edits []Edit
	Err   error
}

// Finish returns the queued edits in order, after it has applied them, read the result and compared it with the tree that the
// edits mean: see the package proof. The Document must not be used afterwards. A *Refusal says that the trees differ.
func (d *Document) Finish() ([]Edit, error) {
	finished := FinishAll([]*Document{d})[0]
	return finished.Edits, finished.Err
}

// FinishAll finishes several documents as Finish does, in less time.
func FinishAll(documents []*Document) []Finished {
	finished := make([]Finished, len(documents))
	var open []finishing
	for i, d := range documents {
		if !d.isEdited() {
			continue
		}
		f := finishing{Document: d, Finished: &finished[i]}
		if f.Err = f.apply(); f.Err == nil {
			open = append(open, f)
		}
	}
	var claims []*proof.Claim
	for _, f := range open {
		if f.claim != nil {
			claims = append(claims, f.claim)
		}
	}
	hold := proof.Check(claims)
	for _, f := range open {
		proven := f.claim != nil && hold[0]
		if f.claim != nil {
			hold = hold[1:]
		}
		f.finish(proven)
	}
	return finished
}

// finishing is a document that is being finished.
type finishing struct {
	*Document
	*Finished
	buffer *[]byte // of the edited text
	claim  *proof.Claim
}

// apply makes the edited text, and claims that it means the edited tree.
func (f *finishing) apply() (err error) {
	d := f.Document
	if f.Edits, err = d.apply(); err != nil {
		return err
	}
	f.buffer = buffers.Get().(*[]byte)
	text := appendSpliced((*f.buffer)[:0], d.text, f.Edits)
	*f.buffer = text
	if d.outline != nil && len(d.root.Content) == 0 {
		if d.root = nil; !d.outline.canRemain(text) {
			return refuseItem("the lines below the removed item may become part of the item above it")
		}
	}
	if !d.foreign {
		f.claim = proof.NewClaim(text, edited(f.Edits), d.root)
	}
	return nil
}

// finish reads the whole text unless it is proven.
func (f *finishing) finish(proven bool) {
	if !proven {
		f.Err = f.prove(*f.buffer)
	}
	if f.Err != nil {
		f.Edits = nil
	} else {
		f.Edits = extended(f.queue, f.Edits)
	}
	if f.claim != nil {
		f.claim.Release()
	}
	buffers.Put(f.buffer)
}

// buffers are for edited texts, which nothing refers to once they are proven.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// apply makes the queued edits in the tree, and returns them in order.
func (d *Document) apply() ([]Edit, error) {
	if err := d.sweep(); err != nil {
		return nil, err
	}
	edits, err := inOrder(d.queue)
	if err != nil {
		return nil, err
	}
	for _, change := range d.changes {
		change()
	}
	if d.twice != "" {
		return nil, fmt.Errorf("two edits add the key %q to the same mapping", d.twice)
	}
	return edits, nil
}

// prove reads the whole edited document with the library, and compares it with the tree that the edits mean.
func (d *Document) prove(text []byte) error {
	if d.foreign {
		text = maskAliases(text)
	}
	got, err := library.Read(text)
	if err != nil {
		return fmt.Errorf("the edited document does not parse: %w", err)
	}
	if line, ok := proof.Same(d.root, got); !ok {
		return &Refusal{Line: line, Cause: "the edited document would not have the expected content"}
	}
	return nil
}
