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
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Exit statuses.
const (
	done   = 0
	failed = 1 // the job could not be done, or a check found something
	misuse = 2 // wrong flags or a wrong configuration
)

// usageError is a mistake in how enmesh was called.
type usageError struct{ cause error }

func (e *usageError) Error() string { return e.cause.Error() }

func (e *usageError) Unwrap() error { return e.cause }

// errReported says that what is wrong has been printed.
var errReported = errors.New("a check failed")

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newCommand(stdin, stdout, stderr)
	cmd.SetArgs(args)
	err := cmd.Execute()
	var usage *usageError
	switch {
	case err == nil:
		return done
	case errors.Is(err, errReported):
		return failed
	}
	fmt.Fprintln(stderr, "enmesh:", err)
	if errors.As(err, &usage) {
		return misuse
	}
	return failed
}
