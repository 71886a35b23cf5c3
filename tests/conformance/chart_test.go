package conformance

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/istio/pkg/kube/inject"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// Istio's charts can be told by values what enmesh adds to what they render. Both ways have to come to the same.

const trustDomain = "democluster.internal"

// values reads one of the example's files of Helm values, with and without the prefix under which older charts take them.
func values(t *testing.T, name string) (prefixed, bare m) {
	t.Helper()
	text, err := os.ReadFile("../../examples/mesh/" + name)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &prefixed))
	bare, ok := prefixed["defaults"].(m)
	require.True(t, ok)
	return prefixed, bare
}

func TestIstiodValues(t *testing.T) {
	_, values := values(t, "istiod-values.yaml")
	byValues := settingsIn(t, decode(renderChart(t, istiodChart, values)), "")
	_, patched := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, TrustDomain: trustDomain}}, renderChart(t, istiodChart, nil))
	byEnmesh := settingsIn(t, decode(patched), "")
	require.Equal(t, injectConfig(t, byValues.injector), injectConfig(t, byEnmesh.injector))
	require.Equal(t, document(t, byValues.mesh.Data["mesh"]), document(t, byEnmesh.mesh.Data["mesh"]))
	require.Equal(t, trustDomain, document(t, byEnmesh.mesh.Data["mesh"])["trustDomain"])
}

func TestGatewayValues(t *testing.T) {
	_, values := values(t, "gateway-values.yaml")
	enrollment := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, Namespace: "istio-system", TrustDomain: trustDomain}}
	pod := func(values m, enroll bool) *corev1.Pod {
		text := renderChart(t, gatewayChart, values)
		if enroll {
			out, enrolled := transform(t, enrollment, text)
			require.Len(t, out.Pods, 1)
			require.Equal(t, outcome.Gateway, out.Pods[0].Role)
			text = enrolled
		}
		for _, o := range decode(text) {
			if o.Kind == "Deployment" {
				pod, err := o.pod(nil, "")
				require.NoError(t, err)
				return pod
			}
		}
		t.Fatal("the chart has no Deployment")
		return nil
	}
	byValues, byEnmesh := pod(values, false), pod(nil, true)
	require.Equal(t, byValues.Labels, byEnmesh.Labels)
	require.Equal(t, byValues.Annotations, byEnmesh.Annotations)
	require.Equal(t, byValues.Spec, byEnmesh.Spec)
}

// The charts of today refuse the prefix `defaults:`.
func TestPrefixedValues(t *testing.T) {
	prefixed, _ := values(t, "istiod-values.yaml")
	_, err := tryRenderChart(istiodChart, prefixed)
	require.ErrorContains(t, err, "Setting with .default prefix found; remove it")
	prefixed, _ = values(t, "gateway-values.yaml")
	_, err = tryRenderChart(gatewayChart, prefixed)
	require.ErrorContains(t, err, "additional properties 'defaults' not allowed")
}

// TestRenderedIstiod takes istiod's ConfigMaps from a chart that was rendered elsewhere.
func TestRenderedIstiod(t *testing.T) {
	text, err := os.ReadFile(corpusFolder + "/istio__istiod.yaml")
	if err != nil {
		t.Skip("no corpus of rendered charts: ", err)
	}
	spec := config.MeshEnrollmentSpec{All: true, Namespace: "demo", TrustDomain: trustDomain}
	out, patched := transform(t, config.MeshEnrollment{Spec: spec}, text)
	reasons := map[string]outcome.Reason{}
	for _, o := range out.Objects {
		reasons[o.Resource.Name] = o.Outcome
	}
	require.Equal(t, outcome.Patched, reasons["istio-sidecar-injector"])
	require.Equal(t, outcome.Patched, reasons["istio"])
	for _, in := range quickstart(t) {
		out, text := transform(t, config.MeshEnrollment{Spec: spec}, in.text)
		pods := subjects(out, decode(text), nil)
		require.NotEmpty(t, pods)
		c := cluster{istiods: []*istiod{newIstiod(t, decode(renderChart(t, istiodChart, nil)), decode(patched), "", nil)}}
		for _, s := range pods {
			require.Empty(t, c.difference(t, spec, s), s.said.Resource)
		}
	}
}

func injectConfig(t *testing.T, injector *corev1.ConfigMap) inject.Config {
	t.Helper()
	c, err := inject.UnmarshalConfig([]byte(injector.Data["config"]))
	require.NoError(t, err)
	require.Subset(t, slices.Collect(maps.Keys(c.RawTemplates)), []string{"spire", "spire-gw"})
	c.Templates = nil // the same once more, in a form that does not compare
	for name, text := range c.RawTemplates {
		c.RawTemplates[name] = strings.TrimRight(text, "\n") // the last of them has no line break
	}
	return c
}

func document(t *testing.T, text string) (document m) {
	t.Helper()
	require.NoError(t, yaml.Unmarshal([]byte(text), &document))
	return document
}
