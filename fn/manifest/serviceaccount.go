package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/yamledit"
)

// ServiceAccount returns the name of the pod's service account, and false if the object does not tell it. Kubernetes' own default is
// named default.
func (p PodTemplate) ServiceAccount() (name string, known bool) {
	k := &p.Kind
	if k.accountField != "" {
		name = yamledit.Text(at(p.Node, k.accountField))
	}
	if name == "" && k.accountName != "" && p.Ref.Name == yamledit.Text(yamledit.Lookup(p.Node, "metadata", "name")) {
		name = strings.ReplaceAll(k.accountName, "*", p.Ref.Name)
	}
	if name != "" || k.MetadataOnly || k.accountField != "" || k.accountName != "" {
		return name, name != ""
	}
	for _, field := range []string{"serviceAccountName", "serviceAccount"} {
		if account := yamledit.Text(yamledit.Lookup(p.Spec(), field)); account != "" {
			return account, true
		}
	}
	return "default", true
}

// MakesServiceAccount says whether the operator that makes the pod, or istiod, makes its service account too.
func (p PodTemplate) MakesServiceAccount() bool {
	return p.IsMade || strings.Contains(p.Kind.accountName, "*") && yamledit.Text(at(p.Node, p.Kind.accountField)) == ""
}

// ServiceAccountField returns the path of the field that names the pod's service account, and its node, or nil.
func (p PodTemplate) ServiceAccountField() (field string, node *yaml.Node) {
	if k := &p.Kind; k.accountField != "" {
		return strings.ReplaceAll(k.accountField, "/", "."), at(p.Node, k.accountField)
	}
	return fieldpath.Join(p.SpecField(), "serviceAccountName"), yamledit.Lookup(p.Spec(), "serviceAccountName")
}
