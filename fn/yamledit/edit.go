package yamledit

import (
	"fmt"
	"slices"
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
	out := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		out = append(out, text[at:e.Start]...)
		out = append(out, e.Text...)
		at = e.End
	}
	return append(out, text[at:]...)
}

// queued is an edit with what orders it among others at the same place.
type queued struct {
	Edit
	// depth of the collection that gains the text: where two collections end at one place, the inner one's goes first.
	depth int
}

// inOrder sorts the queue into edits that can be spliced, and fails where two of them would change the same bytes.
func inOrder(queue []queued) ([]Edit, error) {
	slices.SortStableFunc(queue, func(a, b queued) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if ai, bi := a.End == a.Start, b.End == b.Start; ai != bi { // what is inserted stands before what is replaced
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
