package postrender

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// job is one call of the command.
type job struct {
	flags
	files          []string // none means stdin, and so does -
	stdin          io.Reader
	stdout, stderr io.Writer
	helm4          bool // enmesh runs as a plugin of Helm 4
	colours        bool // may be written to a terminal

	spec        config.MeshEnrollmentSpec
	transformer *fn.Transformer
}

// prepare builds the configuration and the transformer. An error means that the flags or the configuration are invalid.
func (j *job) prepare(given *pflag.FlagSet) error {
	if err := j.checkPlaces(); err != nil {
		return err // without a report, which would do the harm
	}
	enrollment, origin, err := j.enrollment(given, os.ReadFile)
	if err == nil {
		j.spec = enrollment.Spec
		j.transformer, err = fn.New(enrollment)
		err = j.withOrigin(err, origin)
	}
	if err == nil && (len(j.files) == 0 || slices.Contains(j.files, "-")) && isTerminal(j.stdin) {
		err = errors.New("no input: name a file, or pipe manifests to enmesh (see enmesh --help)")
	}
	if err != nil {
		return j.writeReport(nil, err)
	}
	return nil
}

// do is the whole run. It writes to stdout last, after the report, when nothing else can fail.
func (j *job) do() error {
	if j.spec.Mode != config.Check && j.report == "" && isClosed(j.stdout) {
		return errors.New("cannot write the output: stdout is closed")
	}
	out, err := j.transform()
	if err == nil {
		err = report.Failure(out)
	}
	err = j.writeReport(out, err)
	if out != nil {
		printMessages(j.stderr, out, j.quiet, j.spec.Mode == config.Check)
	}
	if err != nil {
		return err
	}
	stdout := bufio.NewWriterSize(j.stdout, 1<<16)
	switch {
	case j.spec.Mode == config.Check:
	case j.diff:
		err = writeDiff(stdout, out)
	default:
		err = writeStreams(stdout, out.Edits, j.helm4)
	}
	if err == nil {
		err = stdout.Flush()
	}
	if err != nil {
		return fmt.Errorf("cannot write the output: %w", withoutPath(err))
	}
	return nil
}

func (j *job) transform() (*outcome.Outcome, error) {
	streams, err := read(j.files, j.stdin)
	if err != nil {
		return nil, err
	}
	cluster, err := readCluster(j.spec.Cluster)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, s := range slices.Concat(streams, cluster) {
		size += len(s.Bytes)
	}
	memory.Bound(size)
	return j.transformer.TransformIn(cluster, streams...)
}

// writeReport writes the report, if --report is set. It returns the failure of the job, joined with that of the report.
func (j *job) writeReport(out *outcome.Outcome, failure error) error {
	if j.report == "" || j.report == devStdout && j.spec.Mode != config.Check {
		return failure
	}
	file := reportFile{name: j.report, stdout: j.stdout, stderr: j.stderr, colours: j.colours}
	err := file.write(report.New(out, failure))
	switch {
	case err == nil:
		return failure
	case failure == nil:
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return fmt.Errorf("%w; the report cannot be written either: %w", failure, err)
}
