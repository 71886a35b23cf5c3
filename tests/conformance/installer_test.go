package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/istio/operator/pkg/render"
	"istio.io/istio/pkg/config/mesh"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// Istio's chart, rendered from an installer's object that enmesh completed, is what enmesh makes of the chart rendered from the object as it
// was; where both have the socket file, which enmesh adds to the object alone.

// sail is an Istio of the Sail operator, and operator an IstioOperator, with the settings of the mesh in each of its two places.
const (
	sail = `apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: default}
spec:
  namespace: istio-system
  values:
    meshConfig: {enableTracing: true}
    sidecarInjectorWebhook:
      templates:
        custom: |
          metadata:
            labels: {hello: world}
`
	operator = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {namespace: istio-system}
spec:
  profile: minimal
`
)

// podOf is a pod of a revision.
const podOf = `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {istio.io/rev: %q}}
spec: {containers: [{name: web, image: web}]}
`

func TestInstallers(t *testing.T) {
	enrollment := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, TrustDomain: trustDomain}}
	for name, text := range map[string]string{
		"Istio":                sail,
		"IstioOperator":        operator,
		"its mesh":             operator + "  meshConfig: {enableTracing: true, trustDomain: cluster.local}\n",
		"its values":           operator + "  values:\n    meshConfig: {enableTracing: true}\n",
		"both":                 operator + "  meshConfig: {trustDomain: a.org}\n  values:\n    meshConfig: {trustDomain: cluster.local}\n",
		"both, each with some": operator + "  meshConfig: {enableTracing: true}\n  values:\n    meshConfig: {trustDomain: cluster.local}\n",
		"the mesh wins":        operator + "  meshConfig: {trustDomain: cluster.local}\n  values:\n    meshConfig: {trustDomain: a.org}\n",
		"a revision":           operator + "  revision: canary\n",
		"two revisions":        operator + "  revision: canary\n  values: {revision: blue}\n",
	} {
		t.Run(name, func(t *testing.T) {
			values, revision := valuesOf(t, []byte(text))
			_, patched := transform(t, enrollment, renderChart(t, istiodChart, values))
			byEnmesh := settingsIn(t, decode(patched), revision)

			withFile := enrollment
			withFile.Spec.WorkloadSocket.File = "spire-agent.sock"
			_, completed := transform(t, withFile, []byte(text))
			values, again := valuesOf(t, completed)
			require.Equal(t, revision, again)
			byValues := settingsIn(t, decode(renderChart(t, istiodChart, values)), revision)
			out, _ := transform(t, enrollment, []byte(text+fmt.Sprintf(podOf, revision)))
			require.Equal(t, outcome.SPIRE, out.Pods[0].Verdict)

			require.Equal(t, injectConfig(t, byEnmesh.injector), injectConfig(t, byValues.injector))
			want, got := document(t, byEnmesh.mesh.Data["mesh"]), document(t, byValues.mesh.Data["mesh"])
			settings, err := mesh.ApplyMeshConfigDefaults(byValues.mesh.Data["mesh"])
			require.NoError(t, err)
			require.Equal(t, "spire-agent.sock", settings.DefaultConfig.ProxyMetadata["WORKLOAD_IDENTITY_SOCKET_FILE"])
			delete(got["defaultConfig"].(m), "proxyMetadata")
			require.Equal(t, want, got)
		})
	}
}

// valuesOf returns the values that an installer's object gives to the chart, and the revision among them. Istio's own code reads an
// IstioOperator; the Sail operator's makes the revision of an Istio of its name.
func valuesOf(t *testing.T, text []byte) (values m, revision string) {
	t.Helper()
	o := document(t, string(text))
	spec, _ := o["spec"].(m)
	if o["kind"] == "IstioOperator" {
		file := filepath.Join(t.TempDir(), "operator.yaml")
		require.NoError(t, os.WriteFile(file, text, 0o600))
		merged, err := render.MergeInputs([]string{file}, nil, nil)
		require.NoError(t, err)
		if !merged.GetPathBool("spec.components.pilot.enabled") {
			return nil, ""
		}
		encoded, err := json.Marshal(merged["spec"])
		require.NoError(t, err)
		spec = document(t, string(encoded))
	}
	if values, _ = spec["values"].(m); values == nil {
		values = m{}
	}
	delete(values, "profile")
	if o["kind"] != "IstioOperator" {
		name := o["metadata"].(m)["name"].(string)
		if strategy, _ := spec["updateStrategy"].(m); strategy["type"] == "RevisionBased" {
			name += "-" + strings.ReplaceAll(spec["version"].(string), ".", "-")
		}
		values["revision"] = strings.TrimSuffix(name, "default")
		withoutNulls(values) // which the operator's types do not keep
	}
	revision, _ = values["revision"].(string)
	return values, revision
}

func withoutNulls(values m) {
	for key, value := range values {
		if inner, ok := value.(m); ok {
			withoutNulls(inner)
		} else if value == nil {
			delete(values, key)
		}
	}
}

// renderedFor renders what the installers among objects render: istiod's ConfigMaps and webhooks. For a tag it renders the same once more,
// under the tag's name, because the webhooks of a tag lead to an istiod that another name stands for.
func renderedFor(t *testing.T, objects []object) []object {
	t.Helper()
	var rendered []object
	install := func(o object, tag string) {
		values, _ := valuesOf(t, o.json)
		if values == nil {
			return
		}
		if tag != "" {
			values["revision"] = tag
		}
		rendered = append(rendered, decode(renderChart(t, istiodChart, values))...)
	}
	installers := map[string]object{}
	for _, o := range objects {
		switch group, _, _ := strings.Cut(o.APIVersion, "/"); group + "/" + o.Kind {
		case "sailoperator.io/Istio", "sailoperator.io/IstioRevision", "install.istio.io/IstioOperator":
			install(o, "")
			installers[o.Kind+"/"+o.Metadata.Name] = o
		}
	}
	for _, o := range objects {
		if o.Kind != "IstioRevisionTag" {
			continue
		}
		var tag struct {
			Spec struct{ TargetRef struct{ Kind, Name string } }
		}
		require.NoError(t, json.Unmarshal(o.json, &tag))
		if target, ok := installers[tag.Spec.TargetRef.Kind+"/"+tag.Spec.TargetRef.Name]; ok {
			install(target, o.Metadata.Name)
		}
	}
	return rendered
}
