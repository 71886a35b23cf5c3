package postrender

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/stream"
)

// read returns the content of each file. No file means stdin.
func read(files []string, stdin io.Reader) ([]stream.Stream, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var streams []stream.Stream
	for _, file := range files {
		stream, err := readStream(file, stdin)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", stream.Name, withoutPath(err))
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

func readStream(file string, stdin io.Reader) (stream.Stream, error) {
	if file == "-" {
		text, err := memory.ReadAll(stdin)
		return stream.Stream{Name: "<stdin>", Bytes: text}, err
	}
	stream := stream.Stream{Name: file}
	reader, err := os.Open(file)
	if err == nil {
		defer reader.Close()
		stream.Bytes, err = memory.ReadAll(reader)
	}
	return stream, err
}

// readCluster returns the content of files, and of the manifests in folders and those below them.
func readCluster(paths []string) ([]stream.Stream, error) {
	var files []string
	for _, path := range paths {
		before := len(files)
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && (file == path || slices.Contains(manifestExtensions, strings.ToLower(filepath.Ext(file)))) {
				files = append(files, file)
			}
			return err
		})
		if err == nil && len(files) == before {
			err = errors.New("there are no manifests in it")
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", path, withoutPath(err))
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	return read(files, nil)
}

// manifestExtensions are those of the files in a folder that are read.
var manifestExtensions = []string{".yaml", ".yml", ".json"}

// withoutPath returns the cause of a file error without the path, because the message names the file already.
func withoutPath(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
