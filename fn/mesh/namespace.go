package mesh

import (
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Namespace has the settings of a Namespace for its pods. The zero value is for a Namespace that is not in the streams.
type Namespace struct {
	Injection   string // label istio-injection
	Revision    string // label istio.io/rev
	Ambient     bool
	PodSecurity string // the enforced level

	skipped bool // a label excludes the namespace from the webhooks, unless it is istio-injection: enabled
}

func (f *Facts) gatherNamespace(o manifest.Object) {
	if o.Ref.APIVersion != "v1" {
		return
	}
	labels := yamledit.Lookup(o.Node, "metadata", "labels")
	f.namespaces[o.Ref.Name] = Namespace{
		skipped: yamledit.Lookup(labels, keys.NamespaceInjection) != nil ||
			yamledit.Lookup(labels, keys.Revision) != nil && o.Label(keys.Revision) == "",
		Injection:   o.Label(keys.NamespaceInjection),
		Revision:    o.Label(keys.Revision),
		Ambient:     o.Label(keys.DataplaneMode) == "ambient",
		PodSecurity: o.Label(keys.PodSecurity),
	}
}

// HasNamespace says whether a Namespace is in the streams.
func (f *Facts) HasNamespace(name string) bool {
	_, ok := f.namespaces[name]
	return ok
}

// Namespace returns the settings of a namespace.
func (f *Facts) Namespace(name string) Namespace { return f.namespaces[name] }

// DisablesInjection says whether none of Istio's webhooks calls the injector for pods of the namespace: it has the label
// istio-injection with any value but enabled, or istio.io/rev without a value.
func (n Namespace) DisablesInjection() bool { return n.skipped && n.Injection != "enabled" }

// EnablesInjection says whether pods of the namespace are injected without asking for it.
func (n Namespace) EnablesInjection() bool {
	return n.Injection == "enabled" || !n.skipped && n.Revision != ""
}
