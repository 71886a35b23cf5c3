package proof

import "go.yaml.in/yaml/v3"

// Same compares two trees by meaning: kinds, tags, values, anchors and order. Where they differ it returns the line
// of the second.
func Same(a, b *yaml.Node) (line int, ok bool) {
	switch {
	case a == nil && b == nil:
		return 0, true
	case b == nil:
		return 0, false
	case a == nil:
		return b.Line, false
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) ||
		a.Kind != yaml.AliasNode && a.ShortTag() != b.ShortTag() {
		return b.Line, false
	}
	for i := range a.Content {
		if line, ok := Same(a.Content[i], b.Content[i]); !ok {
			return line, false
		}
	}
	return 0, true
}
