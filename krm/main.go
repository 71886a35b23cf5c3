// Package krm is the command enmesh-fn: enmesh as a KRM function, which kustomize or kpt runs.
//
// In: a ResourceList on stdin. Its functionConfig is the configuration. Out: the same ResourceList on stdout, with the
// selected pods of its items enrolled, and a result for each pod and for each warning or error. It decides nothing about a
// pod: package fn does.
//
// It follows the KRM Functions Specification, v1. It does not re-encode the list: comments, order and the orchestrator's
// annotations come back unchanged. If the job fails, the items come back unchanged and the exit status is 1. If the
// input is not a ResourceList, stdout stays empty.
//
// Start reading at transform.
package krm

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/memory"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/version"
)

const usage = `enmesh-fn enrolls pods in an Istio and SPIRE mesh. It is a KRM function: kustomize or kpt runs it, with a
ResourceList on stdin.

  kpt fn eval DIR --exec enmesh-fn -- all=true trustDomain=example.org
  kustomize build --enable-alpha-plugins --enable-exec DIR

Its functionConfig is a MeshEnrollment (enmesh.dev/v1alpha1), or a ConfigMap with any of these keys:
%s.
Without a functionConfig, it enrolls the pods that are marked for enrollment.
`

// Main runs the function and returns its exit status: 0 for success; 1 if the job failed; 2 for invalid
// arguments.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "--help", "-h":
			fmt.Fprintf(stdout, usage, strings.Join(config.Options(), ", "))
			return 0
		case "--version":
			fmt.Fprintln(stdout, version.String())
			return 0
		}
		fmt.Fprintf(stderr, "enmesh-fn: unknown argument %q; the configuration is the functionConfig of the ResourceList\n", args[0])
		return 2
	}
	memory.Hold()
	input, err := memory.ReadAll(stdin)
	if err != nil {
		fmt.Fprintln(stderr, "enmesh-fn:", report.Printable(err.Error()))
		return 1
	}
	memory.Bound(len(input))
	out, err := transform(input)
	if err == nil {
		w := bufio.NewWriterSize(stdout, 64<<10)
		_, err = out.WriteTo(w)
		err = cmp.Or(err, w.Flush())
	}
	if err != nil {
		fmt.Fprintln(stderr, "enmesh-fn:", report.Printable(err.Error()))
		return 1
	}
	for _, r := range out.results {
		if r.severity != outcome.Info { // kustomize shows no results, only stderr
			fmt.Fprintln(stderr, "enmesh-fn:", report.Printable(r.String()))
		}
	}
	if out.failed {
		return 1
	}
	return 0
}
