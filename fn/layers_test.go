package fn_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// layers are the packages, from the programs down to what all may use. A package imports only packages that stand below it.
var layers = []string{
	"postrender/enmesh",    // the programs
	"krm/enmesh-fn",        //
	"postrender",           // flags -> configuration; read, write, exit status
	"krm",                  // ResourceList in, ResourceList out
	"postrender/file",      // replaces files, finds manifests in folders
	"postrender/terminal",  // what a stream of the process is
	"fn/report/form",       // the forms of a report, and the endings of their files
	"fn/report/ci",         // the forms that CI systems read
	"fn/report/page",       // an outcome as an HTML page
	"fn/report/diff",       // an outcome's edits as a unified diff
	"fn/report",            // an outcome as table, JSON, YAML, Markdown, entries
	"fn",                   // the transformer: streams -> outcome
	"fn/export",            // the enrollment as admission policies, kustomize Component, Flux patches
	"fn/verdict",           // a pod of the output -> findings -> verdict
	"fn/verdict/objects",   // analyzers of objects that affect pods
	"fn/verdict/callers",   // analyzers of whom required mutual TLS cuts off
	"fn/verdict/identity",  // analyzers of a pod's identity
	"fn/verdict/injection", // analyzers of a pod's injection
	"fn/verdict/input",     // analyzers of the input as a whole
	"fn/verdict/analysis",  // what analyzers are made with
	"fn/policy",            // which pods a PeerAuthentication selects
	"fn/enroll",            // which pods are enrolled, what a pod gets, what is removed
	"fn/reach",             // who reaches which port of which pod
	"fn/mesh",              // what manifests say about the mesh
	"fn/installer",         // the objects from which operators install istiod
	"fn/gatewayapi",        // the Gateways of which istiod makes pods
	"fn/istiod",            // istiod's templates, values and version
	"fn/outcome",           // the result types
	"fn/manifest",          // one Kubernetes object
	"fn/config",            // MeshEnrollment
	"fn/stream",            // bytes -> documents and items of lists
	"fn/yamledit",          // edits of YAML that keep its format
	"fn/yamledit/proof",    // checks an edited document
	"fn/yamledit/plain",    // reads plain YAML
	"fn/yamledit/library",  // reads YAML with the YAML library
	// leaves: names of others, regular expressions, paths of fields, indentation, work on all cores, input and garbage, the release
	"fn/keys", "fn/pattern", "fn/fieldpath", "fn/indent", "fn/parallel", "fn/memory", "fn/version",
}

func TestLayers(t *testing.T) {
	list := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./fn/...", "./krm/...", "./postrender/...")
	list.Dir = ".."
	out, err := list.Output()
	require.NoError(t, err)
	ours := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		ours[strings.TrimPrefix(strings.Fields(line)[0], "enmesh.dev/enmesh/")] = true
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(strings.ReplaceAll(line, "enmesh.dev/enmesh/", ""))
		at := slices.Index(layers, names[0])
		if strings.Contains(names[0], "/internal/") {
			continue // for tests only
		}
		require.GreaterOrEqual(t, at, 0, "%s is not in layers", names[0])
		seen++
		for _, imported := range names[1:] {
			if below := slices.Index(layers, imported); ours[imported] {
				require.Greater(t, below, at, "%s imports %s, which is not below it", names[0], imported)
			}
		}
	}
	require.Len(t, layers, seen, "a layer has no package")
}
