package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/yamledit"
)

// InnerTemplate is a template of some of the pods that an operator makes of an object, beside that which all of them get.
type InnerTemplate struct {
	Node  *yaml.Node
	Field string // its path in the object
}

// InnerTemplates returns the inner templates of the pods.
func (p PodTemplate) InnerTemplates() []InnerTemplate {
	if p.Kind.operated == nil {
		return nil
	}
	var found []InnerTemplate
	for path := range strings.FieldsSeq(p.Kind.inner) {
		for _, inner := range (PodTemplate{Object: p.Object, Template: p.Node}).find(steps(path)) {
			found = append(found, InnerTemplate{inner.Template, inner.Field})
		}
	}
	return found
}

// HostNetwork returns the node of the field that puts the pods on the host's network, if the template has it, and its path.
func (t InnerTemplate) HostNetwork() (node *yaml.Node, field string) {
	for _, path := range []string{"hostNetwork", "spec/hostNetwork", "podTemplate/hostNetwork"} {
		if node := at(t.Node, path); yamledit.Text(node) == "true" {
			return node, fieldpath.Join(t.Field, strings.ReplaceAll(path, "/", "."))
		}
	}
	return nil, ""
}

// Setting returns the node of a label of the pods or, without one, of their annotation of that name, and its path.
func (t InnerTemplate) Setting(key string) (node *yaml.Node, field string) {
	for _, section := range []string{"labels", "annotations"} {
		if node := yamledit.Lookup(t.Node, "metadata", section, key); node != nil {
			return node, fieldpath.Key(fieldpath.Join(t.Field, "metadata."+section), key)
		}
	}
	return nil, ""
}
