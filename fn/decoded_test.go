package fn_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/internal/oracle"
	"enmesh.dev/enmesh/fn/stream"
)

func indented(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "")
}

// decode reads the documents of a stream. Numbers are spelled as they stand there.
func decode(text []byte) ([]any, error) {
	var documents []any
	for span := range stream.Split(text) {
		document := text[span.Start:span.End]
		decoder := yaml.NewDecoder(bytes.NewReader(document[stream.Body(document):]))
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			documents = append(documents, nil)
			continue
		}
		if err != nil {
			return nil, err
		}
		spell(&node)
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		if hasOddKeys(value) {
			return nil, errors.New("a key is no string")
		}
		documents = append(documents, value)
	}
	return documents, nil
}

// spell keeps how a value is spelled that would decode to something else than text: enrollment takes it for text.
func spell(n *yaml.Node) {
	switch tag := n.ShortTag(); {
	case n.Kind != yaml.ScalarNode:
	case tag == "!!int", tag == "!!float", tag == "!!timestamp", tag == "!!bool" && n.Value != "true" && n.Value != "false":
		n.Tag, n.Value = "!!str", oracle.Spelled+tag+" "+n.Value
	}
	for i, child := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			spell(child)
		}
	}
}

// hasOddKeys finds maps that cannot be JSON, and so no object.
func hasOddKeys(value any) bool {
	switch v := value.(type) {
	case map[any]any:
		return true
	case map[string]any:
		for _, child := range v {
			if hasOddKeys(child) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasOddKeys)
	}
	return false
}

// dump decodes a stream, changes each document, and writes it in one canonical form.
func dump(t *testing.T, text []byte, change ...func(any) any) string {
	t.Helper()
	documents, err := decode(text)
	require.NoError(t, err)
	var b strings.Builder
	for _, document := range documents {
		for _, f := range change {
			document = f(document)
		}
		b.WriteString("---\n" + marshal(t, document))
	}
	return b.String()
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	text, err := yaml.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// requireSame shows the first line that differs, for the texts are long.
func requireSame(t *testing.T, want, got, law string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		require.Equal(t, w[i], g[i], "%s: below %q", law, w[max(0, i-3):i])
	}
	require.Len(t, g, len(w), law)
}

// normal reads the annotations that hold text with a meaning of its own.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			text, isText := child.(string)
			switch {
			case isText && key == "inject.istio.io/templates":
				names := strings.Split(text, ",")
				for i := range names {
					names[i] = strings.TrimSpace(names[i])
				}
				v[key] = strings.Join(names, ",")
			case isText && (key == "proxy.istio.io/config" || key == "config" || key == "mesh" || key == "deployment"):
				var config any
				if yaml.Unmarshal([]byte(text), &config) == nil {
					v[key] = config
				}
			default:
				v[key] = normal(child)
			}
		}
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	}
	return value
}

// pruned leaves out what is empty.
func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if child = pruned(child); child == nil {
				delete(v, key)
			} else {
				v[key] = child
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	}
	return value
}
