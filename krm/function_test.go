package krm

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// TestMain lets kustomize run the test binary as the function, by the function's name.
func TestMain(m *testing.M) {
	plain.Wipe = true
	if filepath.Base(os.Args[0]) == "enmesh-fn" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// Each case is a list as an orchestrator sends it, and the expected output.
func TestFunction(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			parts := map[string]string{}
			for _, part := range archive.Files {
				parts[part.Name] = string(part.Data)
			}
			var stdout, stderr bytes.Buffer
			status := Main(nil, strings.NewReader(parts["in"]), &stdout, &stderr)
			require.Equal(t, parts["out"], stdout.String())
			require.Equal(t, parts["stderr"], stderr.String())
			want := 0
			if strings.Contains(parts["out"], "severity: error") && !bytes.Contains(archive.Comment, []byte("does not fail the job")) || parts["out"] == "" {
				want = 1
			}
			require.Equal(t, want, status)
		})
	}
}

func TestArguments(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, 0, Main([]string{"--help"}, nil, &stdout, &stderr))
	require.Contains(t, stdout.String(), "kpt fn eval")
	stdout.Reset()
	require.Equal(t, 2, Main([]string{"--all"}, nil, &stdout, &stderr))
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "unknown argument")
}

// The function gives the same output as the transformer, in all of the transformer's cases.
func TestParity(t *testing.T) {
	files, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	ran := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		configText, input, refused := "spec: {all: true}\n", "", false
		for _, part := range archive.Files {
			switch part.Name {
			case "config.yaml":
				configText = string(part.Data)
			case "in.yaml":
				input = strings.ReplaceAll(string(part.Data), "→", " ")
			case "error":
				refused = true
			}
		}
		configText = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nmetadata: {name: case}\n" + configText
		items, ok := objects(input)
		if !ok || refused {
			continue // an orchestrator sends only objects
		}
		ran++
		t.Run(filepath.Base(file), func(t *testing.T) {
			want := transformed(t, configText, items)
			var functionConfig any
			require.NoError(t, yaml.Unmarshal([]byte(configText), &functionConfig))
			list, err := yaml.Marshal(map[string]any{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList",
				"items": items, "functionConfig": functionConfig})
			require.NoError(t, err)
			out, err := transform(list)
			require.NoError(t, err)
			output := yamledit.Splice(list, out.List)
			if out.failed {
				want = items
			}
			var got struct{ Items []any }
			require.NoError(t, yaml.Unmarshal(output, &got))
			require.Equal(t, want, got.Items)
		})
	}
	require.Greater(t, ran, 50)
}

// objects decodes a stream, if each document is an object that can be decoded.
func objects(input string) ([]any, bool) {
	var items []any
	for document := range strings.SplitSeq(input, "\n---\n") {
		var item map[string]any
		if yaml.UnmarshalStrict([]byte(document), &item) != nil || item["kind"] == nil || item["apiVersion"] == nil || item["kind"] == "ResourceList" {
			return nil, false
		}
		items = append(items, item)
	}
	return items, true
}

// transformed is the output of the transformer for the objects, one document each.
func transformed(t *testing.T, configText string, items []any) []any {
	t.Helper()
	e, err := config.Decode([]byte(configText))
	require.NoError(t, err)
	transformer, err := fn.New(e)
	require.NoError(t, err)
	var streams []stream.Stream
	for _, item := range items {
		text, err := yaml.Marshal(item)
		require.NoError(t, err)
		streams = append(streams, stream.Stream{Name: "item", Bytes: text})
	}
	result, err := transformer.Transform(streams...)
	require.NoError(t, err)
	var out []any
	for _, edits := range result.Edits {
		var text bytes.Buffer
		_, err := edits.WriteTo(&text)
		require.NoError(t, err)
		for document := range strings.SplitSeq(text.String(), "\n---\n") {
			var item any
			require.NoError(t, yaml.Unmarshal([]byte(strings.TrimPrefix(document, "---\n")), &item))
			if item != nil {
				out = append(out, item)
			}
		}
	}
	return out
}

// kustomize's own API can run the function: pods are enrolled, nothing is lost, and kustomize's own annotations are removed.
func TestKustomize(t *testing.T) {
	dir := t.TempDir()
	test, err := os.Executable()
	require.NoError(t, err)
	function := filepath.Join(dir, "enmesh-fn")
	require.NoError(t, os.Symlink(test, function))
	for name, text := range map[string]string{
		"kustomization.yaml": "namespace: demo\nresources: [pods.yaml]\ntransformers: [enmesh.yaml]\n",
		"pods.yaml":          "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
		"enmesh.yaml": "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nmetadata:\n  name: mesh\n  annotations:\n" +
			"    config.kubernetes.io/function: |\n      exec:\n        path: " + function + "\nspec: {all: true}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	options := krusty.MakeDefaultOptions()
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), dir)
	require.NoError(t, err)
	text, err := built.AsYaml()
	require.NoError(t, err)
	require.Equal(t, `apiVersion: v1
kind: Pod
metadata:
  annotations:
    inject.istio.io/templates: sidecar,spire
  labels:
    sidecar.istio.io/inject: "true"
    spire-managed-identity: "true"
  name: web
  namespace: demo
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: demo
`, string(text))
}
