package yamledit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Values to add are trees of the YAML library's nodes. Most of their style is decided where they are added.

// String returns a string that is written in the kind of quotes that its neighbours use.
func String(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.SingleQuotedStyle}
}

// Plain returns a string that is written without quotes where possible.
func Plain(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// Null returns null.
func Null() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

// True returns the boolean true.
func True() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"} }

// Int returns a whole number.
func Int(value int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(value)}
}

// Entry is a key and its value.
type Entry struct {
	Key   string
	Value *yaml.Node
}

// Map returns a mapping with its entries in order.
func Map(entries ...Entry) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: make([]*yaml.Node, 0, 2*len(entries))}
	keys := make([]yaml.Node, len(entries))
	for i, e := range entries {
		keys[i] = *Plain(e.Key)
		m.Content = append(m.Content, &keys[i], e.Value)
	}
	return m
}

// Nested returns mappings that lead to a value by these keys.
func Nested(value *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range slices.Backward(keys) {
		value = Map(Entry{key, value})
	}
	return value
}

// Combine adds what a second patch has to the first, and returns the first: a mapping is to be merged only once. Where both have a key, its
// values must be mappings.
func Combine(patch, more *yaml.Node) *yaml.Node {
	for i := 0; i < len(more.Content); i += 2 {
		if same := Lookup(patch, more.Content[i].Value); same != nil {
			Combine(same, more.Content[i+1])
		} else {
			patch.Content = append(patch.Content, more.Content[i], more.Content[i+1])
		}
	}
	return patch
}

// List returns a sequence.
func List(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

// FromJSON returns what a value's JSON form says. Strings are written without quotes where they can be.
func FromJSON(value any) (*yaml.Node, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return readJSON(decoder)
}

// readJSON reads the next value of a valid JSON text.
func readJSON(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case string:
		return Plain(v), nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}, nil
	case json.Number:
		n := &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
		n.Tag = n.ShortTag()
		return n, nil
	case json.Delim:
		n := Map()
		if v == '[' {
			n = List()
		}
		for decoder.More() { // the keys of an object are strings
			child, err := readJSON(decoder)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err := decoder.Token()
		return n, err
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}
