// Package conformance holds enmesh to Istio: what enmesh says about a pod is what Istio's own injector then does.
//
// enmesh transforms a stream in process. From its output each pod is taken as its controller would create it, and goes
// through Istio's webhook (pkg/kube/inject, by its HTTP handler) with the templates of Istio's own istiod chart, found by
// the selectors of that chart's webhooks. No cluster is needed. The module is one of its own, for Istio is a large
// dependency; `make test-conformance` runs it.
//
// What becomes of a pod is its fate, and enmesh's verdict has to be the same: for the inputs of the transformer's cases, for
// rendered charts, and for grids of pods that are made here (grid_test.go).
package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pkg/log"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

func TestMain(m *testing.M) {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel) // the injector tells each pod
	}
	os.Exit(m.Run())
}

// input is a stream with the enrollment that it is transformed by.
type input struct {
	name       string
	text       []byte
	enrollment config.MeshEnrollment
}

var (
	providers = []config.SocketProvider{config.TemplateSocket, config.PodSocket}
	modes     = []config.Mode{config.Enroll, config.Check}
)

// TestInputs holds every verdict of enmesh on every stream at hand.
func TestInputs(t *testing.T) {
	sources := map[string][]input{"cases": cases(t), "quickstart": quickstart(t), "story": story(t), "corpus": corpus(t)}
	eachSidecar(t, func(t *testing.T) {
		for source, inputs := range sources {
			t.Run(source, func(t *testing.T) {
				if len(inputs) == 0 {
					t.Skip("no corpus of rendered charts in " + corpusFolder)
				}
				for _, in := range inputs {
					for _, provider := range providers {
						for _, mode := range modes {
							t.Run(fmt.Sprintf("%s/%s/%s", in.name, provider, mode), func(t *testing.T) {
								t.Parallel()
								in := in // each has its own settings
								in.enrollment.Spec.WorkloadSocket.Provider, in.enrollment.Spec.Mode = provider, mode
								requireConformance(t, in)
							})
						}
					}
				}
			})
		}
	})
}

// eachSidecar runs a test with Istio's native sidecars off and on: a setting of istiod's for all pods that do not say.
func eachSidecar(t *testing.T, test func(*testing.T)) {
	for _, native := range []bool{false, true} {
		name := "classic"
		features.EnableNativeSidecars = features.NativeSidecarModeDisabled // read from the environment, once
		if native {
			name, features.EnableNativeSidecars = "native", features.NativeSidecarModeEnabled
		}
		t.Run(name, test)
	}
}

func requireConformance(t *testing.T, in input) {
	t.Helper()
	c, pods := in.create(t)
	for _, s := range pods {
		t.Run(s.said.Resource.String(), func(t *testing.T) {
			if s.object != nil {
				t.Skip("the API server does not take the object: ", s.object)
			}
			require.Empty(t, c.difference(t, in.enrollment.Spec, s))
		})
	}
}

// create has enmesh transform the input, and makes a cluster for the pods that come out.
func (in input) create(t *testing.T) (cluster, []subject) {
	t.Helper()
	out, text := transform(t, in.enrollment, in.text)
	objects := decode(text)
	pods := subjects(out, objects, in.enrollment.Spec.PodTemplates)
	return newCluster(t, in.enrollment.Spec, objects, pods), pods
}

func transform(t *testing.T, enrollment config.MeshEnrollment, text []byte) (*outcome.Outcome, []byte) {
	t.Helper()
	transformer, err := fn.New(enrollment)
	require.NoError(t, err)
	out, err := transformer.Transform(stream.Stream{Name: "in.yaml", Bytes: text})
	require.NoError(t, err)
	var enrolled bytes.Buffer
	_, err = out.Edits[0].WriteTo(&enrolled)
	require.NoError(t, err)
	return out, enrolled.Bytes()
}

// cases are the inputs of the transformer's own cases, but those that it refuses.
func cases(t *testing.T) []input {
	var inputs []input
	for _, file := range glob(t, "../../fn/testdata/cases/*.txtar") {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		parts := map[string]string{}
		for _, part := range archive.Files {
			parts[part.Name] = string(part.Data)
		}
		if parts["error"] != "" {
			continue
		}
		in := input{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), text: []byte(strings.ReplaceAll(parts["in.yaml"], "→", "\t"))}
		in.enrollment.Spec.All = true
		if text, ok := parts["config.yaml"]; ok {
			in.enrollment, err = config.Decode([]byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n" + text))
			require.NoError(t, err, file)
		}
		inputs = append(inputs, in)
	}
	return inputs
}

func quickstart(t *testing.T) []input { return charts(t, glob(t, "../../examples/quickstart/*.yaml")) }

// glob finds files that have to be there.
func glob(t *testing.T, pattern string) []string {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// story is the example that holds istiod's ConfigMaps, a gateway and two workloads.
func story(t *testing.T) []input {
	text, err := os.ReadFile("../../examples/mesh/enmesh.yaml")
	require.NoError(t, err)
	enrollment, err := config.Decode(text)
	require.NoError(t, err)
	var manifests []string
	for _, file := range glob(t, "../../examples/mesh/manifests/*.yaml") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		manifests = append(manifests, string(text))
	}
	return []input{{name: "mesh", text: []byte(strings.Join(manifests, "---\n")), enrollment: enrollment}}
}

// corpusFolder holds rendered charts, beside the repository.
const corpusFolder = "../../../shared/corpus"

func corpus(t *testing.T) []input {
	files, err := filepath.Glob(corpusFolder + "/*.yaml")
	require.NoError(t, err)
	return charts(t, files)
}

func charts(t *testing.T, files []string) []input {
	var inputs []input
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		in := input{name: strings.TrimSuffix(filepath.Base(file), ".yaml"), text: text}
		in.enrollment.Spec = config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks, Namespace: "demo", TrustDomain: "example.org"}
		in.enrollment.Spec.WorkloadSocket.File = "spire-agent.sock"
		inputs = append(inputs, in)
	}
	return inputs
}
