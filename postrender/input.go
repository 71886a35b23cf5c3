package postrender

import (
	"fmt"
	"io"
	"os"
	"slices"

	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/report/form"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/postrender/file"
)

// stdinName stands for stdin in messages.
const stdinName = "<stdin>"

// read returns the content of each file. No file means stdin.
func read(files []string, stdin io.Reader) ([]stream.Stream, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	streams := make([]stream.Stream, 0, len(files))
	for _, name := range files {
		stream, err := readStream(name, stdin)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", stream.Name, file.Cause(err))
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

func readStream(name string, stdin io.Reader) (stream.Stream, error) {
	if name == "-" {
		text, err := memory.ReadAll(stdin)
		return stream.Stream{Name: stdinName, Bytes: text}, err
	}
	stream := stream.Stream{Name: name}
	reader, err := os.Open(name)
	if err == nil {
		defer reader.Close()
		stream.Bytes, err = memory.ReadAll(reader)
	}
	return stream, err
}

// readFiles returns the content of the files, but for the reports of enmesh that are found in a folder: those are no manifests.
func (j *job) readFiles() ([]stream.Stream, error) {
	streams, err := read(j.files, j.stdin)
	if err != nil || len(j.files) == 0 {
		return streams, err
	}
	manifests := slices.DeleteFunc(streams, func(s stream.Stream) bool {
		return s.Name != stdinName && len(s.Bytes) > 0 && form.IsReport(s.Bytes) && !slices.Contains(j.named, s.Name)
	})
	if len(manifests) == 0 {
		return nil, fmt.Errorf("cannot read %s: there are no manifests in it, but reports of enmesh", j.named[0])
	}
	return manifests, nil
}

// readCluster returns the content of files, and of the manifests in folders and those below them.
func readCluster(paths []string) ([]stream.Stream, error) {
	files, err := file.Manifests(paths)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return read(files, nil)
}
