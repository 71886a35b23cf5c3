package postrender

import (
	"fmt"
	"io"
	"path/filepath"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/postrender/file"
)

// writeInPlace writes the streams that changed back to their files: all of them, or none.
func writeInPlace(edits []outcome.Edits) error {
	var changed []file.Replacement
	names := map[string]string{}
	for _, e := range edits {
		target, err := filepath.EvalSymlinks(e.Stream.Name)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", e.Stream.Name, file.Cause(err))
		}
		if other, twice := names[target]; twice {
			return fmt.Errorf("--write: %s and %s are the same file", other, e.Stream.Name)
		}
		names[target] = e.Stream.Name
		if len(e.List) > 0 {
			old := outcome.Edits{Stream: e.Stream}
			changed = append(changed, file.Replacement{Name: e.Stream.Name, Content: e, Old: old})
		}
	}
	return file.Replace(changed...)
}

// writerTo is a function that writes content.
type writerTo func(io.Writer) error

// WriteTo calls the function. It does not count what is written.
func (f writerTo) WriteTo(w io.Writer) (int64, error) { return 0, f(w) }

// hasChanges says whether any stream changed.
func hasChanges(out *outcome.Outcome) bool {
	for _, e := range out.Edits {
		if len(e.List) > 0 {
			return true
		}
	}
	return false
}
