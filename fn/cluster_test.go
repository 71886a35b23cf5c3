package fn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// What is in the cluster is read from YAML and JSON, from lists and from single objects, in whatever order their fields are.
func TestClusterForms(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web}\n"
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	require.NoError(t, err)
	disabled := `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"istio-injection": "disabled"}}}`
	const yaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: disabled}}\n"
	for _, text := range []string{
		yaml,
		"---\n" + yaml + "---\n" + pod,
		"apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: other}\n---\n" + yaml,
		"kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: shop\n    labels:\n      istio-injection: disabled\n",
		"apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: shop\n    labels:\n      istio-injection: disabled\nkind: List\n",
		"{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: disabled}}}" + "\n",
		disabled,
		"\uFEFF\n" + disabled,
		disabled + "\n" + `{"kind": "Secret"}`,
		`{"items": [` + disabled + `], "kind": "List"}`,
		`{"kind": "List", "items": [{"kind": "Secret", "data": {"a": "b"}}, ` + disabled + `]}`,
		`{"kind": "List", "items": [{"kind": "List", "items": [` + disabled + `]}]}`,
		`{"kind": "List", "items": null} ` + disabled,
	} {
		out, err := transformer.TransformIn([]stream.Stream{{Name: "cluster", Bytes: []byte(text)}}, stream.Stream{Name: "pod", Bytes: []byte(pod)})
		if text[0] == '{' && text[1] == 'a' {
			require.ErrorContains(t, err, "not valid JSON", "what begins like JSON is JSON")
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, outcome.NamespaceInjectionDisabled, out.Pods[0].Outcome, text)
		require.Len(t, out.Edits, 1, "the cluster is not written")
	}
	for text, message := range map[string]string{
		"{":                         "cluster: not valid JSON: unexpected EOF",
		`{"items": [`:               "cluster: not valid JSON: unexpected EOF",
		`{"items": [{"a": }]}`:      "cluster: not valid JSON: invalid character",
		`{"items": {}}`:             "cluster: not valid JSON: items is no list",
		`{"items": [1]}`:            "cluster: not valid JSON: an item is no Kubernetes object",
		`{"kind": 3}`:               "cluster: not valid JSON: an item is no Kubernetes object",
		`{"a": 1} {`:                "cluster: not valid JSON: unexpected EOF",
		"kind: Namespace\na: [\n":   "cluster line ",
		"# one\n---\nkind: Node\n}": "cluster line ",
	} {
		_, err := transformer.TransformIn([]stream.Stream{{Name: "cluster", Bytes: []byte(text)}}, stream.Stream{Name: "pod", Bytes: []byte(pod)})
		require.ErrorContains(t, err, message, text)
	}
}

// Whether sidecars are native, the nodes tell.
func TestClusterNodes(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {sidecar.istio.io/inject: 'true', spire-managed-identity: 'true'}\n" +
		"  annotations: {inject.istio.io/templates: 'sidecar,gateway,spire'}\nspec: {serviceAccountName: web, containers: [{name: a, image: a}]}\n"
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{Mode: config.Check}})
	require.NoError(t, err)
	node := func(version string) string {
		return "---\nkind: Node\napiVersion: v1\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: " + version + "}}\n"
	}
	for nodes, want := range map[string]outcome.Verdict{
		node("v1.33.0"):                       outcome.Refused,
		node("v1.34.1-gke.1"):                 outcome.Refused,
		node("v1.32.9"):                       outcome.SPIRE,
		node("v1.35.0") + node("v1.32.0"):     outcome.SPIRE,
		node("nonsense"):                      outcome.Refused, // as where the nodes are not known
		"---\nkind: Node\napiVersion: v1\n":   outcome.Refused,
		"---\nkind: Secret\napiVersion: v1\n": outcome.Refused,
	} {
		out, err := transformer.TransformIn([]stream.Stream{{Name: "cluster", Bytes: []byte(nodes)}}, stream.Stream{Name: "pod", Bytes: []byte(pod)})
		require.NoError(t, err)
		require.Equal(t, want, out.Pods[0].Verdict, nodes)
	}
}
