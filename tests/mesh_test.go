package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The example examples/mesh tells the story of the service-mesh guide: one command gives what the guide shows.

// guide is the document that enmesh implements, beside the repository.
const guide = "../../shared/seed/service-mesh.md"

// mesh runs the example's command and returns its objects by kind and name.
func mesh(t *testing.T) map[string]map[string]any {
	t.Helper()
	manifests, err := filepath.Glob(filepath.Join(root, "examples/mesh/manifests/*.yaml"))
	require.NoError(t, err)
	stream := output(t, exec.Command(enmesh, append([]string{"--config", filepath.Join(root, "examples/mesh/enmesh.yaml")}, manifests...)...))
	objects := map[string]map[string]any{}
	for document := range strings.SplitSeq(stream, "\n---\n") {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		objects[object["kind"].(string)+" "+dig(object, "metadata")["name"].(string)] = object
	}
	return objects
}

// values reads one of the example's files of Helm values.
func values(t *testing.T, name string) map[string]any {
	t.Helper()
	var values map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(read(t, root, "examples/mesh", name)), &values))
	return dig(values, "defaults")
}

func embedded(t *testing.T, object map[string]any, key string) map[string]any {
	t.Helper()
	var inner map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(dig(object, "data")[key].(string)), &inner))
	return inner
}

func TestMeshIstiod(t *testing.T) {
	objects, values := mesh(t), values(t, "istiod-values.yaml")
	templates := dig(embedded(t, objects["ConfigMap istio-sidecar-injector"], "config"), "templates")
	for name, template := range dig(values, "sidecarInjectorWebhook", "templates") {
		require.Equal(t, template, templates[name], name)
	}
	require.Equal(t, dig(values, "meshConfig")["trustDomain"], embedded(t, objects["ConfigMap istio"], "mesh")["trustDomain"])
}

func TestMeshGateway(t *testing.T) {
	metadata := dig(mesh(t)["Deployment istio-ingressgateway"], "spec", "template", "metadata")
	values := values(t, "gateway-values.yaml")
	for name, value := range dig(values, "labels") {
		require.Equal(t, value, dig(metadata, "labels")[name])
	}
	for name, value := range dig(values, "podAnnotations") {
		require.Equal(t, value, dig(metadata, "annotations")[name])
	}
}

func TestMeshWorkloads(t *testing.T) {
	objects := mesh(t)
	require.Equal(t, output(t, exec.Command(enmesh, "-q", "--all", filepath.Join(root, "examples/mesh/manifests/myapi.yaml"))),
		read(t, "testdata/seed/enrolled.yaml"))
	for _, name := range []string{"myapi", "myclient"} {
		require.Equal(t, map[string]any{
			"apiVersion": "security.istio.io/v1beta1",
			"kind":       "PeerAuthentication",
			"metadata":   map[string]any{"name": name},
			"spec": map[string]any{
				"selector": map[string]any{"matchLabels": map[string]any{"app": name}},
				"mtls":     map[string]any{"mode": "STRICT"},
			},
		}, objects["PeerAuthentication "+name])
		require.Equal(t, seedPod(t, strings.ReplaceAll(read(t, "testdata/seed/enrolled.yaml"), "myapi", name)),
			dig(objects["Deployment "+name], "spec", "template", "metadata"))
	}
}

// TestGuide holds the example to each YAML block of the guide.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Skip("the guide is not here: ", err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllSubmatch(text, -1)
	require.Len(t, blocks, 3)
	require.YAMLEq(t, string(blocks[0][1]), read(t, root, "examples/mesh/istiod-values.yaml"))
	require.YAMLEq(t, string(blocks[2][1]), read(t, root, "examples/mesh/gateway-values.yaml"))

	policy, deployment, _ := bytes.Cut(blocks[1][1], []byte("---\n"))
	require.Equal(t, string(deployment), read(t, "testdata/seed/enrolled.yaml"))
	var want map[string]any
	require.NoError(t, yaml.Unmarshal(policy, &want))
	dig(want, "spec", "selector")["matchLabels"] = map[string]any{"app": "myapi"} // the guide's own selects no pod: role, where they bear app
	require.Equal(t, want, mesh(t)["PeerAuthentication myapi"])
}

// The identities have the form in which SPIRE shows its entries.
func TestMeshIdentities(t *testing.T) {
	report := filepath.Join(t.TempDir(), "mesh.entries")
	output(t, exec.Command(enmesh, "--all", "--namespace=istio-system", "--trust-domain=democluster.internal", "--report="+report,
		filepath.Join(root, "examples/mesh/manifests/gateway.yaml")))
	require.Contains(t, read(t, report), "SPIFFE ID        : spiffe://democluster.internal/ns/istio-system/sa/istio-ingressgateway\n")
}
