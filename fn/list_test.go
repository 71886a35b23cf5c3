package fn_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// requireByItem: a list is transformed item by item as it is as a whole. The text is taken as it is, and as a list of its
// documents.
func requireByItem(t *testing.T, e config.MeshEnrollment, text []byte) {
	t.Helper()
	texts := [][]byte{text}
	for _, kind := range []string{"List", "ResourceList"} {
		if list, ok := listOf(kind, text); ok {
			texts = append(texts, list)
		}
	}
	transformer, err := fn.New(e)
	require.NoError(t, err)
	for _, text := range texts {
		in := stream.Stream{Name: "in.yaml", Bytes: text}
		whole, errWhole := transformer.TransformWhole(in)
		got, err := transformer.Transform(in)
		if errWhole != nil {
			if err != nil { // an item that is not parsed may not be YAML
				require.EqualError(t, err, errWhole.Error(), "by item")
			}
			continue
		}
		require.NoError(t, err, "by item")
		require.Equal(t, spliced(t, whole), spliced(t, got), "by item")
		require.Equal(t, whole.Pods, got.Pods, "by item")
		require.Equal(t, whole.Objects, got.Objects, "by item")
		require.Equal(t, whole.Findings, got.Findings, "by item")
	}
}

func spliced(t *testing.T, o *outcome.Outcome) string {
	t.Helper()
	var b bytes.Buffer
	_, err := o.Edits[0].WriteTo(&b)
	require.NoError(t, err)
	return b.String()
}

// listOf makes a list in block style of a stream's documents, where that is easy.
func listOf(kind string, text []byte) ([]byte, bool) {
	if bytes.ContainsAny(text, "\r\uFEFF%") {
		return nil, false
	}
	b := bytes.NewBufferString("apiVersion: v1\nkind: " + kind + "\nitems:\n")
	items := 0
	for span := range stream.Split(text) {
		document := strings.TrimPrefix(string(text[span.Start:span.End]), "---\n")
		for strings.HasPrefix(document, "#") {
			_, document, _ = strings.Cut(document, "\n")
		}
		if strings.TrimSpace(document) == "" {
			continue
		}
		if c := document[0] | 0x20; c < 'a' || c > 'z' || strings.Contains(document, "\n...") {
			return nil, false
		}
		items++
		b.WriteString("- " + strings.TrimPrefix(indented(document), "  "))
		if !strings.HasSuffix(document, "\n") {
			b.WriteString("\n")
		}
	}
	return b.Bytes(), items > 1
}

// Lists as programs write them are cut; what is doubtful is taken whole.
func TestListsAreCut(t *testing.T) {
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, PeerAuthentication: "STRICT"}})
	require.NoError(t, err)
	pod := "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web\n    labels:\n      app: web\n"
	other := strings.ReplaceAll(pod, "web", "api")
	for name, c := range map[string]struct {
		text string
		cut  bool
	}{
		"kubectl's order":         {"apiVersion: v1\nitems:\n" + pod + other + "kind: List\nmetadata:\n  resourceVersion: \"\"\n", true},
		"ResourceList":            {"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + pod + other, true},
		"an anchor across items":  {"apiVersion: v1\nkind: List\nitems:\n" + strings.Replace(pod, "metadata:", "metadata: &m", 1) + other, false},
		"two that take one name":  {"apiVersion: v1\nkind: List\nitems:\n" + pod + strings.ReplaceAll(pod, "kind: Pod", "kind: ReplicationController") + deploymentNamedWeb, false},
		"an item that is no YAML": {"apiVersion: v1\nkind: List\nitems:\n" + pod + other + "- kind: Pod\n  a: 'b\n", false},
	} {
		require.Equal(t, c.cut, transformer.CutsLists(stream.Stream{Bytes: []byte(c.text)}), name)
	}
}

const deploymentNamedWeb = "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: web\n  spec:\n    selector:\n      matchLabels:\n        app: web\n" +
	"    template:\n      metadata:\n        labels:\n          app: web\n      spec:\n        containers:\n        - name: web\n"
