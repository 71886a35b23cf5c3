package fn

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// TransformWhole is Transform without cutting lists into their items.
func (t *Transformer) TransformWhole(streams ...stream.Stream) (*outcome.Outcome, error) {
	return t.transform(nil, streams, false)
}

// CutsLists says whether the streams are transformed item by item where they hold lists.
func (t *Transformer) CutsLists(streams ...stream.Stream) bool {
	documents, err := stream.Documents(streams, true, t.interest)
	if err != nil {
		return false
	}
	items := false
	for _, d := range documents {
		items = items || d.List != nil
	}
	_, err = t.transform(nil, streams, true)
	return items && err != errNotByItem
}
