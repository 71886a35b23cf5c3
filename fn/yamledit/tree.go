package yamledit

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Resolve follows an alias to the node that it refers to. It returns nil for nil.
func Resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Lookup follows keys from mapping to mapping and returns the last one's value, resolved; or nil where a key is missing or
// something on the way is not a mapping. Without a key it returns the node, resolved. Aliases and merge keys are followed;
// a mapping's own key wins over a merged one, and a later own key over an earlier one, as in decoders.
func Lookup(n *yaml.Node, keys ...string) *yaml.Node {
	n = Resolve(n)
	for _, key := range keys {
		n = lookup(n, key, nil)
	}
	return n
}

// Text returns the value of a scalar, or "" for null and for anything that is not a scalar.
func Text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

// Texts returns the values of the scalars in a sequence, as Text does, or nil for anything that is not a sequence.
func Texts(n *yaml.Node) []string {
	var texts []string
	for _, item := range Items(n) {
		texts = append(texts, Text(item))
	}
	return texts
}

// Items returns the items of a sequence, resolved, or nil for anything that is not a sequence.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	resolved := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		resolved[i] = Resolve(item)
	}
	return resolved
}

// lookup remembers the mappings that it has searched once it follows merge keys: they may form cycles, or trees that take
// exponential time to search.
func lookup(mapping *yaml.Node, key string, seen map[*yaml.Node]bool) *yaml.Node {
	mapping = Resolve(mapping)
	if mapping == nil || mapping.Kind != yaml.MappingNode || seen[mapping] {
		return nil
	}
	if v := own(mapping, key); v != nil {
		return Resolve(v)
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if !isMerge(mapping.Content[i]) {
			continue
		}
		if seen == nil {
			seen = map[*yaml.Node]bool{}
		}
		seen[mapping] = true
		merged := Resolve(mapping.Content[i+1])
		if merged.Kind != yaml.SequenceNode {
			if v := lookup(merged, key, seen); v != nil {
				return v
			}
		}
		for _, m := range merged.Content {
			if v := lookup(m, key, seen); v != nil {
				return v
			}
		}
	}
	return nil
}

// Keys returns the keys of a mapping, its own and those that it merges, each once.
func Keys(mapping *yaml.Node) []string {
	var keys []string
	seen := map[*yaml.Node]bool{}
	var collect func(*yaml.Node)
	collect = func(n *yaml.Node) {
		n = Resolve(n)
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		for i, child := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode: // of mappings that are merged
				collect(child)
			case n.Kind != yaml.MappingNode || i%2 == 1 || Resolve(child).Kind != yaml.ScalarNode:
			case isMerge(child):
				collect(n.Content[i+1])
			case !slices.Contains(keys, Resolve(child).Value):
				keys = append(keys, Resolve(child).Value)
			}
		}
	}
	collect(mapping)
	return keys
}

// own returns the value of a mapping's own key, without following anything.
func own(mapping *yaml.Node, key string) *yaml.Node {
	if i := index(mapping, key); i >= 0 {
		return mapping.Content[i+1]
	}
	return nil
}

// index returns the index in a mapping's content of a key of its own (the last one, where the key is defined twice), or -1.
func index(mapping *yaml.Node, key string) int {
	for i := len(mapping.Content) - 2; i >= 0; i -= 2 {
		if k := Resolve(mapping.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key && !isMerge(k) {
			return i
		}
	}
	return -1
}

// isTwice says whether a mapping has a key of its own more than once.
func isTwice(mapping *yaml.Node, key string) bool {
	found := false
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if k := Resolve(mapping.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key {
			if found {
				return true
			}
			found = true
		}
	}
	return false
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// kindOf names a node's kind, with its article.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	return "a scalar"
}

// IsNull says whether a node is nil or a null.
func IsNull(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// isFlow says whether a collection is written in flow style.
func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }

// isAbsent says whether a scalar has no text of its own: the null of `key:`.
func isAbsent(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}

// isBlockScalar says whether a scalar is written with | or >.
func isBlockScalar(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}
