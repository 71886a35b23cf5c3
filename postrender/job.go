package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"enmesh.dev/enmesh/fn"
)

// job is one call of the command.
type job struct {
	flags
	enrollment     fn.MeshEnrollment
	files          []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// enroll reads, decides, reports, and only then writes.
func enroll(j job) error {
	transformer, err := fn.New(j.enrollment)
	if err != nil {
		if j.config != "" {
			err = fmt.Errorf("%s: %w", j.config, err)
		}
		return &usageError{err}
	}
	streams, err := read(j.files, j.stdin)
	if err != nil {
		return err
	}
	boundMemory(streams)
	outcome, err := transformer.Transform(streams...)
	verdict := err
	if err == nil && !passes(outcome, j.enrollment.Spec) {
		verdict = errReported
	}
	if err := j.tell(outcome, verdict); err != nil {
		return err
	}
	if verdict != nil {
		return verdict
	}
	out := bufio.NewWriterSize(j.stdout, 1<<16)
	switch {
	case j.enrollment.Spec.Mode == fn.Check:
	case j.diff:
		err = writeDiff(out, outcome.Edits)
	default:
		err = writeStreams(out, outcome.Edits, os.Getenv("HELM_PLUGIN_NAME") != "")
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// tell writes the report, then the results.
func (j *job) tell(outcome *fn.Outcome, verdict error) error {
	if j.report != "" {
		if err := writeReport(j.report, newReport(outcome, verdict)); err != nil {
			return fmt.Errorf("cannot write the report: %w", err)
		}
	}
	if outcome != nil {
		printResults(j.stderr, outcome, j.enrollment.Spec, j.quiet)
	}
	return nil
}

// writeStreams writes the edited streams. Helm 4 takes blank output for a failure, also where a chart renders to nothing;
// a comment is no blank output and no resource.
func writeStreams(out *bufio.Writer, edits []fn.Edits, helm4 bool) error {
	blank := true
	var last *fn.Stream
	for _, e := range edits {
		if last != nil {
			if err := separate(out, last.Bytes, e.Stream.Bytes); err != nil {
				return err
			}
		}
		blank = blank && len(bytes.TrimSpace(e.Stream.Bytes)) == 0
		if _, err := e.WriteTo(out); err != nil {
			return err
		}
		last = &e.Stream
	}
	if blank && helm4 {
		_, err := out.WriteString("# enmesh: no resources\n")
		return err
	}
	return nil
}

// separate keeps the documents of two files apart.
func separate(out *bufio.Writer, above, below []byte) error {
	text := ""
	if len(above) > 0 && !bytes.HasSuffix(above, []byte("\n")) {
		text = "\n"
	}
	if !bytes.HasPrefix(below, []byte("---")) {
		text += "---\n"
	}
	_, err := out.WriteString(text)
	return err
}

// read returns the files' contents, or stdin's where there is no file or it is called -.
func read(files []string, stdin io.Reader) ([]fn.Stream, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var streams []fn.Stream
	for _, file := range files {
		stream := fn.Stream{Name: file}
		var err error
		if file == "-" {
			stream.Name = "<stdin>"
			if isTerminal(stdin) {
				return nil, &usageError{errors.New("nothing to read: name a file, or pipe manifests in (enmesh --help shows how)")}
			}
			stream.Bytes, err = readAll(stdin)
		} else {
			stream.Bytes, err = os.ReadFile(file)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", stream.Name, err)
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

func isTerminal(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
