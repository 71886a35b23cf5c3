package postrender

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/report/diff"
	"enmesh.dev/enmesh/postrender/file"
	"enmesh.dev/enmesh/postrender/terminal"
)

// job is one call of the command.
type job struct {
	flags
	named          []string // files and folders; none means stdin, and so does -
	files          []string // those, with the manifests in the folders
	renderer       []string // the command whose output is read, with its arguments, or nil
	stdin          io.Reader
	stdout, stderr io.Writer
	helm4          bool // enmesh runs as a plugin of Helm 4
	colours        terminal.Colours
	messages       messages

	spec        config.MeshEnrollmentSpec
	reports     []reportTarget
	transformer *fn.Transformer
	unreadable  error // why the files cannot be listed
}

// prepare builds the configuration and the transformer. An error means that the flags or the configuration are invalid.
func (j *job) prepare(given *pflag.FlagSet) error {
	enrollment, origin, invalid := j.enrollment(given, os.ReadFile)
	j.spec = enrollment.Spec
	if err := j.prepareReports(); err != nil {
		return err
	}
	j.files, j.unreadable = file.Manifests(j.named, append(slices.Clone(j.spec.Cluster), j.config)...)
	if err := j.checkPlaces(); err != nil {
		return err // without a report, which would do the harm
	}
	if invalid == nil {
		j.transformer, invalid = fn.New(enrollment)
		invalid = j.withOrigin(invalid, origin)
	}
	if invalid == nil {
		invalid = j.checkInput()
	}
	if invalid != nil {
		return j.writeReports(report.New(nil, invalid), invalid)
	}
	return nil
}

func (j *job) prepareReports() error {
	for _, value := range j.reportValues {
		t, err := parseReport(value)
		if err != nil {
			return err
		}
		j.reports = append(j.reports, t)
	}
	return nil
}

// checkInput returns an error if there is nothing to read, or nothing that can be written in place.
func (j *job) checkInput() error {
	readsStdin := slices.Contains(j.files, "-") || len(j.files) == 0 && j.unreadable == nil
	switch {
	case j.write && readsStdin:
		return errors.New("--write needs files, and cannot write to stdin")
	case j.write && j.renderer != nil:
		return errors.New("--write cannot be used with a command after --, whose output is in no file")
	case readsStdin && terminal.Is(j.stdin):
		return errors.New("no input: name a file, or pipe manifests to enmesh (see enmesh --help)")
	}
	return nil
}

// writesToStdout says whether stdout gets manifests or a diff.
func (j *job) writesToStdout() bool { return j.spec.Mode != config.Check && j.output == "" && !j.write }

// do is the whole run. It writes the manifests last, after the reports, when nothing else can fail. If that fails, the reports say so.
func (j *job) do() error {
	if j.writesToStdout() && len(j.reports) == 0 && terminal.IsClosed(j.stdout) {
		return errors.New("cannot write the output: stdout is closed")
	}
	out, err := j.transform()
	if err == nil {
		err = report.Failure(out)
	}
	err = j.writeReports(report.New(out, err), err)
	if out != nil {
		j.messages.print(j.stderr, out, j.spec.Mode == config.Check)
	}
	if err != nil || j.spec.Mode == config.Check {
		return err
	}
	if err := j.writeManifests(out); err != nil {
		j.reports = slices.DeleteFunc(j.reports, func(t reportTarget) bool { return !t.isFile() }) // the others cannot be taken back
		return j.writeReports(report.New(out, err), err)
	}
	if j.exitCode && hasChanges(out) {
		return errDifferent
	}
	return nil
}

// writeManifests writes the manifests, or the diff, to where they go.
func (j *job) writeManifests(out *outcome.Outcome) error {
	if j.write {
		return writeInPlace(out.Edits)
	}
	return j.writeOut(func(w io.Writer) error { return j.writeOutput(w, out) })
}

// writeOut writes to the file that --output names, or to stdout.
func (j *job) writeOut(write writerTo) error {
	if j.output != "" {
		return file.Write(j.output, write)
	}
	if err := write(j.stdout); err != nil {
		return fmt.Errorf("cannot write the output: %w", file.Cause(err))
	}
	return nil
}

func (j *job) transform() (*outcome.Outcome, error) {
	memory.Hold()
	streams, err := j.read()
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
	var progress fn.Progress
	if j.messages.others {
		defer terminal.Progress(j.stderr, "enmesh", time.Second, progress.Documents)()
	}
	return j.transformer.WithProgress(&progress).TransformIn(cluster, streams...)
}

// writeOutput writes the manifests, or the diff.
func (j *job) writeOutput(to io.Writer, out *outcome.Outcome) error {
	w := bufio.NewWriterSize(to, 1<<16)
	var err error
	if j.diff {
		err = diff.Write(w, out.Edits, out.Pods, j.colours.On(to))
	} else {
		err = writeStreams(w, out.Edits, j.helm4)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}
