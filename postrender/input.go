package postrender

import (
	"fmt"
	"io"
	"slices"

	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/report/form"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/postrender/file"
)

// stdinName stands for stdin in messages.
const stdinName = "<stdin>"

// read returns the content of each file. No file means stdin. The error names the first one that cannot be read.
func read(files []string, stdin io.Reader) ([]stream.Stream, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	streams := make([]stream.Stream, 0, len(files))
	for len(files) > 0 {
		n, read := slices.Index(files, "-"), file.Read
		switch n {
		case -1:
			n = len(files)
		case 0: // in its turn, as it may be named twice
			n, read = 1, func([]string) ([]stream.Stream, error) { return readStdin(stdin) }
		}
		found, err := read(files[:n])
		if err != nil {
			return nil, err
		}
		streams, files = append(streams, found...), files[n:]
	}
	return streams, nil
}

func readStdin(stdin io.Reader) ([]stream.Stream, error) {
	text, err := memory.ReadAll(stdin)
	if err != nil {
		err = fmt.Errorf("cannot read %s: %w", stdinName, file.Cause(err))
	}
	return []stream.Stream{{Name: stdinName, Bytes: text}}, err
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
