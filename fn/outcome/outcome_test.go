package outcome

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/stream"
)

// full is a writer with room for so many bytes.
type full struct{ room int }

var errFull = errors.New("full")

func (f *full) Write(text []byte) (int, error) {
	n := min(f.room, len(text))
	f.room -= n
	if n < len(text) {
		return n, errFull
	}
	return n, nil
}

// WriteTo says how much it wrote, also where the writer has no room left.
func TestWriteTo(t *testing.T) {
	edits := Edits{Stream: stream.Stream{Bytes: []byte("abcdef")}, List: []Edit{{Start: 2, End: 3, Text: "123"}, {Start: 4, End: 4, Text: "4"}}}
	const size = len("ab123d4ef")
	for room := range size {
		n, err := edits.WriteTo(&full{room})
		require.ErrorIs(t, err, errFull)
		require.EqualValues(t, room, n)
	}
	n, err := edits.WriteTo(&full{size})
	require.NoError(t, err)
	require.EqualValues(t, size, n)
}
