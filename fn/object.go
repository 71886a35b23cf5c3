package fn

import (
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// object is a Kubernetes object: a mapping that stands in a document, be it the document's root or an item of a list.
type object struct {
	doc  *yamledit.Document
	node *yaml.Node
	ref  ResourceRef
	path string // of the object in the document: empty, or items[3]

	list, item *yaml.Node // that hold the object; nil where it is the document's root
}

// newObject reads what a mapping says of its type and name. A namespace that it does not say is the default one.
func newObject(doc *yamledit.Document, node *yaml.Node, path, namespace string) object {
	metadata := yamledit.Lookup(node, "metadata")
	o := object{doc: doc, node: node, path: path, ref: ResourceRef{
		APIVersion: text(yamledit.Lookup(node, "apiVersion")),
		Kind:       text(yamledit.Lookup(node, "kind")),
		Name:       text(yamledit.Lookup(metadata, "name")),
		Namespace:  text(yamledit.Lookup(metadata, "namespace")),
	}}
	if o.ref.Namespace == "" {
		o.ref.Namespace = namespace
	}
	if o.ref.Name == "" {
		o.ref.Name = text(yamledit.Lookup(metadata, "generateName"))
	}
	return o
}

// objects calls visit for the document's object, or for the items of its list, and those of lists in it.
func (t *Transformer) objects(doc *yamledit.Document, visit func(object) error) error {
	root := yamledit.Resolve(doc.Root())
	if root == nil || root.Kind != yaml.MappingNode {
		return nil
	}
	return t.visit(newObject(doc, root, "", t.spec.Namespace), visit, 0)
}

// maxListDepth bounds lists in lists; an alias may make a circle of them.
const maxListDepth = 16

func (t *Transformer) visit(o object, visit func(object) error, depth int) error {
	items := yamledit.Lookup(o.node, "items")
	if !isList(o.ref.Kind) || items == nil || items.Kind != yaml.SequenceNode || depth == maxListDepth {
		return visit(o)
	}
	for i, item := range items.Content {
		node := yamledit.Resolve(item)
		if node.Kind != yaml.MappingNode {
			continue
		}
		child := newObject(o.doc, node, join(o.path, index("items", i)), t.spec.Namespace)
		if child.ref.Kind == "" && o.ref.Kind != "List" { // the items of a DeploymentList may leave it to the list
			child.ref.Kind = strings.TrimSuffix(o.ref.Kind, "List")
			child.ref.APIVersion = o.ref.APIVersion
		}
		child.list, child.item = items, item
		if err := t.visit(child, visit, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (o object) label(key string) string      { return o.meta("labels", key) }
func (o object) annotation(key string) string { return o.meta("annotations", key) }

func (o object) meta(section, key string) string {
	return text(yamledit.Lookup(yamledit.Lookup(yamledit.Lookup(o.node, "metadata"), section), key))
}

// place says where the object stands in its document, and what it was made from where an annotation tells.
func (o object) place() Place {
	p := Place{Line: o.node.Line, Source: o.annotation(helmFileKey)}
	if p.Source == "" {
		p.Source = o.orchestrated("path")
		p.Index, _ = strconv.Atoi(o.orchestrated("index"))
	}
	return p
}

// orchestrated reads an annotation that kustomize and kpt keep their books with, in its present or its old form.
func (o object) orchestrated(name string) string {
	if value := o.annotation("internal.config.kubernetes.io/" + name); value != "" {
		return value
	}
	return o.annotation("config.kubernetes.io/" + name)
}

// labelSet lets label selectors match on a mapping in place.
type labelSet struct{ node *yaml.Node }

func (s labelSet) Has(key string) bool              { return yamledit.Lookup(s.node, key) != nil }
func (s labelSet) Get(key string) string            { return text(yamledit.Lookup(s.node, key)) }
func (s labelSet) Lookup(key string) (string, bool) { return s.Get(key), s.Has(key) }

// text is a scalar's value; anything else has none.
func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}
