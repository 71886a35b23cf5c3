package manifest

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// Unrendered returns the first place of a document that holds a template action, such as `name: {{ .Release.Name }}`, or nil. To YAML it
// is a mapping whose key is a mapping, which no Kubernetes object has. The text is the document's.
func Unrendered(root *yaml.Node, text []byte) *yaml.Node {
	if !bytes.Contains(text, []byte("{{")) {
		return nil
	}
	return mappingKey(root)
}

func mappingKey(n *yaml.Node) *yaml.Node {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && child.Kind == yaml.MappingNode {
			return child
		}
		if found := mappingKey(child); found != nil {
			return found
		}
	}
	return nil
}
