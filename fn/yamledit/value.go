package yamledit

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// Values to add are trees of the YAML library's nodes. How they are written is decided where they go.

// String returns a string that is written in quotes, of the kind that the neighbours use.
func String(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.SingleQuotedStyle}
}

// Plain returns a string that is written without quotes where it can be.
func Plain(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// True returns the boolean.
func True() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"} }

// Entry is a key and its value.
type Entry struct {
	Key   string
	Value *yaml.Node
}

// Map returns a mapping with its entries in order.
func Map(entries ...Entry) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, e := range entries {
		m.Content = append(m.Content, Plain(e.Key), e.Value)
	}
	return m
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
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	var reset func(*yaml.Node)
	reset = func(n *yaml.Node) {
		n.Style, n.Line, n.Column = 0, 0, 0
		for _, child := range n.Content {
			reset(child)
		}
	}
	reset(root)
	return root, nil
}
