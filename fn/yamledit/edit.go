package yamledit

import (
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/yamledit/proof"
)

// Edit replaces the bytes from Start up to End by Text. Offsets count bytes from the start of the text that was
// parsed.
type Edit struct {
	Start, End int
	Text       string
}

// Splice applies edits, which must be in order and must not overlap, and returns a new text.
func Splice(text []byte, edits []Edit) []byte {
	size := len(text)
	for _, e := range edits {
		size += len(e.Text) - (e.End - e.Start)
	}
	return appendSpliced(make([]byte, 0, size), text, edits)
}

func appendSpliced(out, text []byte, edits []Edit) []byte {
	at := 0
	for _, e := range edits {
		out = append(out, text[at:e.Start]...)
		out = append(out, e.Text...)
		at = e.End
	}
	return append(out, text[at:]...)
}

// edited returns where the texts of edits are in the text that they have been applied to.
func edited(edits []Edit) []proof.Span {
	spans := make([]proof.Span, len(edits))
	longer := 0
	for i, e := range edits {
		start := e.Start + longer
		spans[i] = proof.Span{Start: start, End: start + len(e.Text)}
		longer += len(e.Text) - (e.End - e.Start)
	}
	return spans
}

// queued is an edit, and its order among others at the same offset.
type queued struct {
	Edit
	// depth of the edited collection: where two collections end at one offset, the text of the inner one comes first.
	depth int
	// more are texts that follow, and were checked apart from the document.
	more []string
}

// inOrder sorts the queue into edits for Splice, and fails where two of them would change the same bytes.
func inOrder(queue []queued) ([]Edit, error) {
	slices.SortStableFunc(queue, func(a, b queued) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if ai, bi := a.End == a.Start, b.End == b.Start; ai != bi { // insertions come before replacements
			if ai {
				return -1
			}
			return 1
		}
		return b.depth - a.depth
	})
	edits := make([]Edit, 0, len(queue))
	end := 0
	for _, q := range queue {
		if q.Start < end {
			return nil, fmt.Errorf("two edits at byte %d overlap", q.Start)
		}
		end = q.End
		edits = append(edits, q.Edit)
	}
	return edits, nil
}
