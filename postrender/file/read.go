package file

import (
	"fmt"

	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/parallel"
	"enmesh.dev/enmesh/fn/stream"
)

// Read returns the content of files, in their order. It reads on all cores. The error names the first file that cannot be read.
func Read(names []string) ([]stream.Stream, error) {
	type reading struct {
		stream stream.Stream
		err    error
	}
	readings := make([]reading, len(names))
	for i, name := range names {
		readings[i].stream.Name = name
	}
	parallel.Each(readings, func(r *reading) { r.stream.Bytes, r.err = memory.ReadFile(r.stream.Name) })
	streams := make([]stream.Stream, len(names))
	for i, r := range readings {
		if r.err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", r.stream.Name, Cause(r.err))
		}
		streams[i] = r.stream
	}
	return streams, nil
}
