package postrender

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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

// withoutPath returns the cause of a file error without the path, because the message names the file already.
func withoutPath(err error) error {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
