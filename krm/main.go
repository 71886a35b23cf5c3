// enmesh-fn is enmesh as a KRM function: it reads a ResourceList on stdin, enrolls the pods of its items in an Istio and
// SPIRE mesh, and writes the ResourceList with its results to stdout.
//
// It follows the KRM Functions Specification, v1. Nothing of the list is re-encoded: comments, order and the
// orchestrator's annotations come back as they were. On an error result the items come back unchanged and the exit
// status is 1; where there is no ResourceList to answer with, stdout stays empty.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

const usage = `enmesh-fn enrolls pods in an Istio and SPIRE mesh. It is a KRM function: kustomize or kpt runs it, with a
ResourceList on stdin.

  kpt fn eval DIR --image enmesh-fn:dev --exec enmesh-fn -- all=true trustDomain=example.org
  kustomize build --enable-alpha-plugins --enable-exec DIR

Its functionConfig is a MeshEnrollment (enmesh.dev/v1alpha1), or a ConfigMap with any of the keys all, exclude, hooks,
mode, namespace, revision, selector, strict, trustDomain, workloadSocket, workloadSocketFile. With none, it enrolls the
pods that bear a mark.
`

// run returns the exit status: 0, 1 where a result is an error or the job could not be done, 2 for wrong usage.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "--help", "-h":
			fmt.Fprint(stdout, usage)
			return 0
		case "--version":
			fmt.Fprintln(stdout, version())
			return 0
		}
		fmt.Fprintf(stderr, "enmesh-fn: no such argument %q; the configuration is the list's functionConfig\n", args[0])
		return 2
	}
	input, err := io.ReadAll(stdin)
	if err != nil {
		fmt.Fprintln(stderr, "enmesh-fn:", err)
		return 1
	}
	output, results, err := transform(input)
	if err == nil {
		_, err = stdout.Write(output)
	}
	if err != nil {
		fmt.Fprintln(stderr, "enmesh-fn:", err)
		return 1
	}
	status := 0
	for _, r := range results {
		if r.Severity != "info" { // kustomize shows no results, only stderr
			fmt.Fprintln(stderr, "enmesh-fn:", r)
		}
		if r.Severity == "error" {
			status = 1
		}
	}
	return status
}
