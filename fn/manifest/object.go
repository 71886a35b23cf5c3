package manifest

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Object is a Kubernetes object: a mapping in a document, as its root or as an item of a list.
type Object struct {
	Doc  *yamledit.Document
	Node *yaml.Node
	Ref  ResourceRef
	Path string // of the object in the document: empty, or items[3]

	List, Item *yaml.Node // the list's items and the one that is the object; nil if the object is the document's root
}

// newObject reads the type and the name of an object. If it has no namespace, it is in the given one.
func newObject(doc *yamledit.Document, node *yaml.Node, path, namespace string) Object {
	metadata := yamledit.Lookup(node, "metadata")
	o := Object{Doc: doc, Node: node, Path: path, Ref: ResourceRef{
		APIVersion: yamledit.Text(yamledit.Lookup(node, "apiVersion")),
		Kind:       yamledit.Text(yamledit.Lookup(node, "kind")),
		Name:       yamledit.Text(yamledit.Lookup(metadata, "name")),
		Namespace:  yamledit.Text(yamledit.Lookup(metadata, "namespace")),
	}}
	if o.Ref.Namespace == "" {
		o.Ref.Namespace = namespace
	}
	if o.Ref.Name == "" {
		o.Ref.Name = yamledit.Text(yamledit.Lookup(metadata, "generateName"))
	}
	return o
}

// Objects calls visit for the document's object or, if that is a list, for its items and those of nested lists. Objects
// without a namespace are in the given one. Objects stops at the first error and returns it.
func Objects(doc *yamledit.Document, namespace string, visit func(Object) error) error {
	root := yamledit.Resolve(doc.Root())
	if root == nil || root.Kind != yaml.MappingNode {
		return nil
	}
	return visitAll(newObject(doc, root, "", namespace), namespace, visit, 0)
}

// ObjectsOfItem is Objects for a document with one item of a list, as yamledit.Outline.ParseItem returns it.
func ObjectsOfItem(doc *yamledit.Document, namespace string, visit func(Object) error) error {
	list := doc.Root()
	return visitItem(doc, list, 0, ResourceRef{Kind: "List"}, "", namespace, visit, 0)
}

// maxListDepth limits nested lists, because an alias can make a list contain itself.
const maxListDepth = 16

func visitAll(o Object, namespace string, visit func(Object) error, depth int) error {
	items := yamledit.Lookup(o.Node, "items")
	if !IsList(o.Ref.Kind) || items == nil || items.Kind != yaml.SequenceNode || depth == maxListDepth {
		return visit(o)
	}
	for i := range items.Content {
		if err := visitItem(o.Doc, items, i, o.Ref, fieldpath.Join(o.Path, "items"), namespace, visit, depth); err != nil {
			return err
		}
	}
	return nil
}

func visitItem(doc *yamledit.Document, items *yaml.Node, i int, list ResourceRef, path, namespace string, visit func(Object) error, depth int) error {
	node := yamledit.Resolve(items.Content[i])
	if node.Kind != yaml.MappingNode {
		return nil
	}
	o := newObject(doc, node, fieldpath.Index(path, i), namespace)
	if o.Ref.Kind == "" && list.Kind != "List" { // the items of a DeploymentList may omit it
		o.Ref.Kind = strings.TrimSuffix(list.Kind, "List")
		o.Ref.APIVersion = list.APIVersion
	}
	o.List, o.Item = items, items.Content[i]
	return visitAll(o, namespace, visit, depth+1)
}

// IsList says whether objects of a kind have other objects under items.
func IsList(kind string) bool { return strings.HasSuffix(kind, "List") }

// Label returns the value of a label of the object itself, or "".
func (o Object) Label(key string) string { return o.meta("labels", key) }

// Annotation returns the value of an annotation of the object itself, or "".
func (o Object) Annotation(key string) string { return o.meta("annotations", key) }

func (o Object) meta(section, key string) string {
	return yamledit.Text(yamledit.Lookup(o.Node, "metadata", section, key))
}

// NamespaceNode returns the node of metadata.namespace, or nil.
func (o Object) NamespaceNode() *yaml.Node { return yamledit.Lookup(o.Node, "metadata", "namespace") }

// Place returns where the object is in its document, and the file that it was rendered from, if an annotation names it.
func (o Object) Place() Place {
	p := Place{Line: o.Node.Line, Source: o.Annotation(keys.HelmFile)}
	if p.Source == "" {
		p.Source = o.OriginAnnotation("path")
		p.Index, _ = strconv.Atoi(o.OriginAnnotation("index"))
	}
	return p
}

// OriginAnnotation returns the value of an annotation in which kustomize and kpt record the origin of an object, in its current or
// its legacy form.
func (o Object) OriginAnnotation(name string) string {
	if value := o.Annotation(keys.OriginAnnotation + name); value != "" {
		return value
	}
	return o.Annotation(keys.OrchestratedLegacy + name)
}

// IsLocalConfig says whether the object never reaches the cluster. As in kpt, it does not if the annotation has any value but
// "false".
func (o Object) IsLocalConfig() bool {
	local := yamledit.Lookup(o.Node, "metadata", "annotations", keys.LocalConfig)
	return local != nil && yamledit.Text(local) != "false"
}
