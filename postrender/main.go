// Package postrender is the command enmesh: a Helm post-renderer, and a command line for everything else that renders
// manifests.
//
// It turns flags and a configuration file into one [config.MeshEnrollment], calls package fn to transform the manifests, and writes
// the result. It decides nothing about a pod.
//
// In: rendered manifests, on stdin or in files. Out: the manifests with the selected pods enrolled, on stdout; or a diff; or,
// with --check, nothing. Messages go to stderr, and a report goes to the file that --report names.
//
// Helm 3 and Helm 4 accept whatever is on stdout if the exit status is 0. So nothing is written to stdout until everything is
// computed and the report is written. After that, only writing to stdout can fail.
//
// Start reading at job.do, which is the whole run in order: read, transform, check, report, write.
package postrender

import (
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"enmesh.dev/enmesh/fn/report"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1 // the job failed, or a check found a problem, or --exit-code found a difference
	exitUsage  = 2 // the flags or the configuration are invalid
)

// Main runs the command and returns its exit status. It is the whole program: it also ignores SIGPIPE, and configures the
// garbage collector of the process.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	// If a reader stops early (enmesh 2>&1 | head), only that write must fail. The signal would end the process at the first
	// line on stderr, before stdout is written.
	signal.Ignore(syscall.SIGPIPE)
	cmd := newCommand(stdin, stdout, stderr, getenv)
	cmd.SetArgs(args)
	err := cmd.Execute()
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errDifferent):
		return exitFailed
	}
	fmt.Fprintln(stderr, "enmesh:", report.Printable(err.Error()))
	if renderer := (*rendererError)(nil); errors.As(err, &renderer) && renderer.cause.ExitCode() > 0 {
		return renderer.cause.ExitCode()
	}
	if job := (*jobError)(nil); errors.As(err, &job) {
		return exitFailed
	}
	return exitUsage
}

// errDifferent is the result of --diff --exit-code where there are differences. It is no failure, so it has no message.
var errDifferent = errors.New("there are differences")

// jobError is the error of a job whose flags and configuration are valid. Any other error is about those.
type jobError struct{ cause error }

func (e *jobError) Error() string { return e.cause.Error() }

func (e *jobError) Unwrap() error { return e.cause }
