package yamledit

import (
	"go.yaml.in/yaml/v3"
)

// lists are documents with a sequence under the key items, whose items and surroundings are written in many ways.
var lists = []string{
	"items:\n- a: 1\n- b: 2\n",
	"kind: List\nitems:\n  - a: {k: v}\n    s: [x]\n  # about b\n  - b:\n      k: v\n    # more\n\nmetadata:\n    name: x\n",
	"\"items\":\n-   \"a\": \"1\"\n    \"m\":\n      \"k\": \"v\"\n-   \"b\": \"2\"\n\"z\":\n    \"y\": \"q\"\n",
	"items:\r\n- a: 1\r\n  m: # c\r\n- b: |\r\n    t\r\n\r\n- c: |+\r\n    t\r\n\r\n# end\r\n...\r\n",
	"z: {y: \"q\"}\nl:\n    -   x: 1\nitems:\n-\n  a: b\n- # c\n  a: b # d\n   # e\n  # f\n # g\n# h\n- {a: b}\n- a:\n   - x\n   - y\n",
	"items:\n- a: &x 1\n- b: *x\n- c: 3\n", "items:\n- a: 1\n- b: *x\n", "%TAG !! tag:x,\n---\nitems:\n- a: 1\n- b: 2\n", "x: &x\n  items: &s\n  - a: 1\n  - b: 2\ny: *x\n",
	"q:\n- items:\n  - a: '1'\n    m: {}\n  - b: null\n  'k': \"v\"\n  m:\n   p: 1\n", "items:\n- a: 1\n- b: 2", "items:\r\n- a: |\n    x\n- b: 2", "items:\n- a: 1\n- b: |\n    t",
	"items:\n- a: |\n\n- b: >\n   x\n\n   y\n\n- c: |-\n    x: 1\n    m:\n      k: v\n  d: '{\"x\":{}}'\n", "? items\n: - a: 1\n  - b: 2\n", "- - items:\n    - a: 1\n    - {}\n    - a: 'x\n\n       y'\n      b: x\n       y\n",
	"\uFEFFitems:\n- é: ü\n- ü: é # ö\n", "items:\r- a: 1\r- b: 2\r", "items:\n- a: 1\u0085- b: 2\n", "items:\n- a: 1\n...\n", "items:\n- a: 1\n- b: 2\n- 'x'\n", "items: !!seq\n- !!map\n  a: 1\n- !t\n  b: !!str 2\n",
	"items:\n- a:\n  -   b: 1\n- c:\n  - d: 1\n-   e: 1\n",
	"items:\n- a: 1\n  a: 2\n- <<: {a: 1}\n  b: 2\n- ? a\n  : b\n- ? a\n- {a: {b}, c: }\n- {\n    a: b,\n    c: {d: \"e\"} # f\n  }\n",
}

// itemEdits are made in an item of a sequence, once in the whole document and once in the item's own.
var itemEdits = map[string]func(d *Document, sequence, item *yaml.Node) error{
	"merge": func(d *Document, _, item *yaml.Node) error {
		return d.Merge(item, Map(Entry{"m", Map(Entry{"k", String("x")}, Entry{"new/key", Plain("y")})}, Entry{"l", List(Map(Entry{"p", Plain("v")}, Entry{"o", List(String("w"))}))}))
	},
	"merge everywhere": func(d *Document, _, item *yaml.Node) error { return d.Merge(item, growth(item, 3)) },
	"insert behind the item": func(d *Document, sequence, item *yaml.Node) error {
		return d.InsertAfter(sequence, item, Map(Entry{"p", Plain("v")}, Entry{"m", Map(Entry{"k", String("x")}, Entry{"l", List(String("y"))})}))
	},
	"insert and merge": func(d *Document, sequence, item *yaml.Node) error {
		if err := d.Merge(item, Map(Entry{"new", String("x")})); err != nil {
			return err
		}
		return d.InsertAfter(sequence, item, Map(Entry{"p", String("v")}), Map(Entry{"o", True()}))
	},
	"lead": func(d *Document, _, item *yaml.Node) error {
		return d.Prepend(item, "first", Map(Entry{"k", String("x")}))
	},
	"set": func(d *Document, _, item *yaml.Node) error {
		for _, key := range ownKeys(item) {
			if err := d.Set(item, key, String("it's")); err != nil {
				return err
			}
		}
		return nil
	},
	"rename": func(d *Document, _, item *yaml.Node) error {
		if keys := ownKeys(item); len(keys) > 0 {
			return d.Rename(item, keys[0], Entry{"renamed", Map(Entry{"k", String("x")})})
		}
		return nil
	},
	"remove one": func(d *Document, _, item *yaml.Node) error {
		return d.Remove(item, ownKeys(item)[:min(1, len(ownKeys(item)))]...)
	},
	"remove the last": func(d *Document, _, item *yaml.Node) error {
		return d.Remove(item, ownKeys(item)[max(0, len(ownKeys(item))-1):]...)
	},
	"remove all": func(d *Document, _, item *yaml.Node) error { return d.Remove(item, ownKeys(item)...) },
	"remove the item": func(d *Document, sequence, item *yaml.Node) error {
		return d.RemoveItem(sequence, item)
	},
	"embed": func(d *Document, _, item *yaml.Node) error {
		for _, key := range ownKeys(item) {
			inner, err := d.Embed(item, key)
			if err != nil {
				return err
			}
			if inner.Root() == nil || inner.Root().Kind != yaml.MappingNode {
				continue
			}
			if err := inner.Merge(inner.Root(), Map(Entry{"m", Map(Entry{"k", String("x")})})); err != nil {
				return err
			}
			return d.SetEmbedded(item, key, inner)
		}
		return nil
	},
}

// growth is a patch that adds to each mapping and sequence below a mapping.
func growth(mapping *yaml.Node, depth int) *yaml.Node {
	patch := Map(Entry{"new", Map(Entry{"key", String("x")})})
	for i := 0; i+1 < len(mapping.Content) && depth > 0; i += 2 {
		if mapping.Content[i].Kind != yaml.ScalarNode || isMerge(mapping.Content[i]) {
			continue
		}
		switch value := mapping.Content[i+1]; {
		case value.Kind == yaml.MappingNode || IsNull(value):
			patch.Content = append(patch.Content, Plain(mapping.Content[i].Value), growth(value, depth-1))
		case value.Kind == yaml.SequenceNode:
			patch.Content = append(patch.Content, Plain(mapping.Content[i].Value), List(Map(Entry{"p", Plain("v")}, Entry{"o", String("w")})))
		}
	}
	return patch
}

func ownKeys(mapping *yaml.Node) []string {
	var keys []string
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if key := mapping.Content[i]; key.Kind == yaml.ScalarNode && !isMerge(key) {
			keys = append(keys, key.Value)
		}
	}
	return keys
}
