package postrender

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/postrender/file"
)

// Helm runs one post-renderer only. So enmesh can run another one, which is named after --, and enroll what that writes. It runs first,
// because a pod is judged as it comes out in the end.

// rendererError is the failure of the other post-renderer. Its exit status is passed on.
type rendererError struct {
	name  string
	cause *exec.ExitError
}

func (e *rendererError) Error() string { return e.name + " failed: " + e.cause.Error() }

// read returns the streams to transform.
func (j *job) read() ([]stream.Stream, error) {
	switch {
	case j.unreadable != nil:
		return nil, j.unreadable
	case j.renderer == nil:
		return j.readFiles()
	}
	rendered, err := j.render()
	if err != nil {
		return nil, err
	}
	return []stream.Stream{{Name: "<" + j.renderer[0] + ">", Bytes: rendered}}, nil
}

// render runs the other post-renderer. It gets stdin as it is, or the files as one stream, and its stderr is passed on.
func (j *job) render() ([]byte, error) {
	cmd := exec.Command(j.renderer[0], j.renderer[1:]...)
	var stdout bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = j.stdin, &stdout, j.stderr
	if len(j.files) > 0 {
		streams, err := j.readFiles()
		if err != nil {
			return nil, err
		}
		cmd.Stdin = joined(streams)
	}
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, &rendererError{j.renderer[0], exit}
	} else if err != nil {
		if missing := (*exec.Error)(nil); errors.As(err, &missing) {
			err = missing.Err
		}
		return nil, fmt.Errorf("cannot run %s: %w", j.renderer[0], file.Cause(err))
	}
	return stdout.Bytes(), nil
}

// joined are the streams as one.
func joined(streams []stream.Stream) io.Reader {
	var b bytes.Buffer
	// Writing to memory does not fail.
	_ = writeStreams(&b, unchanged(streams), false)
	return &b
}
