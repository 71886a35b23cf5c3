package installer

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Kinds are the kinds of installers. Other groups have kinds of these names too.
var Kinds = []string{keys.Istio, keys.IstioRevision, keys.IstioOperator}

// Installer is an object from which istiod is installed.
type Installer struct{ manifest.Object }

// Of returns an object as an installer, if it is one that installs istiod.
func Of(o manifest.Object) (Installer, bool) {
	i := Installer{o}
	switch o.Ref.Kind {
	case keys.Istio, keys.IstioRevision:
		return i, o.Ref.Group() == keys.SailGroup
	case keys.IstioOperator:
		return i, o.Ref.Group() == keys.IstioInstallGroup && i.enablesPilot()
	}
	return i, false
}

// enablesPilot says whether an IstioOperator installs istiod: all of Istio's profiles do, except empty.
func (i Installer) enablesPilot() bool {
	if enabled := i.text("spec", "components", "pilot", "enabled"); enabled != "" {
		return enabled == "true"
	}
	return i.text("spec", "profile") != "empty"
}

func (i Installer) isOperator() bool { return i.Ref.Kind == keys.IstioOperator }

func (i Installer) text(path ...string) string {
	return yamledit.Text(yamledit.Lookup(i.Node, path...))
}

// Revision returns the revision of istiod, which is empty for the default one. It is not known where the operator makes it from a version
// that it chooses itself (sail-operator: controllers/istio, getActiveRevisionName). The Sail operator ignores the revision in the values.
func (i Installer) Revision() (revision string, known bool) {
	switch {
	case i.isOperator():
		return cmp.Or(i.text("spec", "values", "revision"), i.text("spec", "revision")), true
	case i.Ref.Kind == keys.Istio && i.text("spec", "updateStrategy", "type") == "RevisionBased":
		version := i.text("spec", "version")
		return i.Ref.Name + "-" + strings.ReplaceAll(version, ".", "-"), version != ""
	}
	return i.Ref.Name, true
}

// Tags returns the names of the revision tags that the chart makes for istiod.
func (i Installer) Tags() []string {
	return yamledit.Texts(yamledit.Lookup(i.Node, "spec", "values", "revisionTags"))
}

// Version returns the version of Istio that the object asks for, or "".
func (i Installer) Version() string {
	if i.isOperator() {
		return cmp.Or(i.text("spec", "tag"), i.text("spec", "values", "global", "tag"))
	}
	return i.text("spec", "version")
}

// Namespace returns istiod's namespace, if the object names it.
func (i Installer) Namespace() string {
	if i.isOperator() {
		return i.text("spec", "values", "global", "istioNamespace")
	}
	return i.text("spec", "namespace")
}

// HasCNI says whether Istio's CNI plugin is installed as well, or said to be.
func (i Installer) HasCNI() bool {
	return slices.ContainsFunc([][]string{{"values", "pilot", "cni", "enabled"}, {"values", "istio_cni", "enabled"}, {"components", "cni", "enabled"}},
		func(path []string) bool { return i.text(append([]string{"spec"}, path...)...) == "true" })
}

// TemplatesPath leads to the injection templates, each of which is a string.
var TemplatesPath = []string{"spec", "values", "sidecarInjectorWebhook", "templates"}

// Templates returns the injection templates that stand beside those of istiod's chart, or replace them; or nil.
func (i Installer) Templates() *yaml.Node { return yamledit.Lookup(i.Node, TemplatesPath...) }

// DefaultTemplates returns the names of the templates for pods that do not name any.
func (i Installer) DefaultTemplates() []string {
	return yamledit.Texts(yamledit.Lookup(i.Node, "spec", "values", "sidecarInjectorWebhook", "defaultTemplates"))
}

// SettingPath returns the path of a setting of the mesh configuration: where it stands or, if it does not, where it belongs. An IstioOperator
// has two mesh configurations, which are merged. Of a setting that both have, the one beside the values wins, as tests/conformance shows.
func (i Installer) SettingPath(setting ...string) []string {
	beside := append([]string{"spec", "meshConfig"}, setting...)
	value := append([]string{"spec", "values", "meshConfig"}, setting...)
	switch {
	case !i.isOperator():
		return value
	case i.has(beside):
		return beside
	case i.has(value):
		return value
	case i.has(beside[:2]) || !i.has(value[:3]):
		return beside
	}
	return value
}

func (i Installer) has(path []string) bool {
	last := len(path) - 1
	return slices.Contains(yamledit.Keys(yamledit.Lookup(i.Node, path[:last]...)), path[last])
}

// Setting returns a setting of the mesh configuration, or nil.
func (i Installer) Setting(setting ...string) *yaml.Node {
	return yamledit.Lookup(i.Node, i.SettingPath(setting...)...)
}
