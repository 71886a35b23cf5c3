// enmesh is a Helm post-renderer: it reads rendered manifests, enrolls their pods in an Istio and SPIRE mesh, and writes
// the manifests. It is as well the command line for everything else that renders manifests.
//
// Contract. Helm 3 and Helm 4 hand over manifests on stdin and take what stands on stdout for the whole, as long as the
// exit status is 0. So stdout is written once, when nothing can go wrong any more but the writing itself.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader that leaves early (enmesh 2>&1 | head) is an error of that one write. The signal would end the job at the
	// first line on stderr, before stdout is written.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// Exit statuses.
const (
	done   = 0
	failed = 1 // the job could not be done, or a check found something
	misuse = 2 // wrong flags or a wrong configuration
)

// jobError is the error of a job that was asked for rightly. Any other is a mistake in how enmesh was called.
type jobError struct{ cause error }

func (e *jobError) Error() string { return e.cause.Error() }

func (e *jobError) Unwrap() error { return e.cause }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	cmd := newCommand(stdin, stdout, stderr, getenv)
	cmd.SetArgs(args)
	err := cmd.Execute()
	if err == nil {
		return done
	}
	fmt.Fprintln(stderr, "enmesh:", err)
	if job := (*jobError)(nil); errors.As(err, &job) {
		return failed
	}
	return misuse
}
