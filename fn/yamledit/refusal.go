package yamledit

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/pattern"
)

// Refusal is the error of an edit that is not safe.
type Refusal struct {
	// Line in the text, from 1.
	Line int
	// Path in the document: spec.template, items[2].metadata, labels[app.kubernetes.io/name].
	Path  string
	Cause string
}

func (e *Refusal) Error() string { return e.Cause }

func (d *Document) refuse(n *yaml.Node, format string, args ...any) error {
	return &Refusal{Line: n.Line, Path: d.path(n), Cause: fmt.Sprintf(format, args...)}
}

var plainKey = pattern.Lazy(`^\w+$`)

// path is the path of a node in the document, written as Kubernetes writes field paths.
func (d *Document) path(n *yaml.Node) string {
	parent := d.kin(n).parent
	if parent == nil || d.outline != nil && parent == d.root {
		return ""
	}
	above := d.path(parent)
	for i, child := range parent.Content {
		switch {
		case child != n:
		case parent.Kind == yaml.SequenceNode:
			return above + "[" + strconv.Itoa(i) + "]"
		default:
			name := parent.Content[i-i%2].Value
			if !plainKey().MatchString(name) {
				return above + "[" + name + "]"
			}
			if above != "" {
				above += "."
			}
			return above + name
		}
	}
	return above
}
