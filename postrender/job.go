package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn"
)

// job is one call of the command.
type job struct {
	flags
	files          []string // none is stdin, and so is -
	stdin          io.Reader
	stdout, stderr io.Writer
	helm4          bool
	colours        bool // on a terminal

	spec        fn.MeshEnrollmentSpec
	transformer *fn.Transformer
}

// prepare finds out what is to be done. An error is a mistake in how enmesh was called.
func (j *job) prepare(given *pflag.FlagSet) error {
	enrollment, origin, err := j.enrollment(given, os.ReadFile)
	if err == nil {
		j.spec = enrollment.Spec
		j.transformer, err = fn.New(enrollment)
		err = j.blame(err, origin)
	}
	if err == nil && (len(j.files) == 0 || slices.Contains(j.files, "-")) && isTerminal(j.stdin) {
		err = errors.New("nothing to read: name a file, or pipe manifests in (enmesh --help shows how)")
	}
	if err != nil {
		return j.tell(nil, err)
	}
	return nil
}

// do reads, decides, reports, and only then writes.
func (j *job) do() error {
	outcome, err := j.transform()
	if err == nil {
		err = failure(outcome, j.spec)
	}
	err = j.tell(outcome, err)
	if outcome != nil {
		printResults(j.stderr, outcome, j.spec, j.quiet)
	}
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(j.stdout, 1<<16)
	switch {
	case j.spec.Mode == fn.Check:
	case j.diff:
		err = writeDiff(out, outcome)
	default:
		err = writeStreams(out, outcome.Edits, j.helm4)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("cannot write the output: %w", bare(err))
	}
	return nil
}

func (j *job) transform() (*fn.Outcome, error) {
	streams, err := read(j.files, j.stdin)
	if err != nil {
		return nil, err
	}
	boundMemory(streams)
	return j.transformer.Transform(streams...)
}

// tell writes the report, and returns what failed.
func (j *job) tell(outcome *fn.Outcome, failure error) error {
	if j.report == "" || j.report == devStdout && j.spec.Mode != fn.Check {
		return failure
	}
	err := j.writeReport(newReport(outcome, failure))
	switch {
	case err == nil:
		return failure
	case failure == nil:
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return fmt.Errorf("%w; nor can the report be written: %w", failure, err)
}

// read returns the files' contents.
func read(files []string, stdin io.Reader) ([]fn.Stream, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var streams []fn.Stream
	for _, file := range files {
		stream, err := readStream(file, stdin)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", stream.Name, bare(err))
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

func readStream(file string, stdin io.Reader) (fn.Stream, error) {
	if file == "-" {
		text, err := readAll(stdin)
		return fn.Stream{Name: "<stdin>", Bytes: text}, err
	}
	stream := fn.Stream{Name: file}
	from, err := os.Open(file)
	if err == nil {
		defer from.Close()
		stream.Bytes, err = readAll(from)
	}
	return stream, err
}

// bare is the error of a file without its name, which the message has already.
func bare(err error) error {
	if wrong := (*fs.PathError)(nil); errors.As(err, &wrong) {
		return wrong.Err
	}
	return err
}
