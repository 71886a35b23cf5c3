package fn

// facts are what objects in the streams say about pods in other documents. They are gathered before anything is
// decided, so that the order of documents does not matter.
type facts struct {
	injectionDisabled map[string]bool // by namespace
}

// gather notes what one object says. In a namespace that bears the label istio-injection with any value but enabled, no
// webhook of Istio's calls the injector.
func (f *facts) gather(o object) {
	if o.ref.Kind != "Namespace" || o.ref.APIVersion != "v1" {
		return
	}
	if injection := o.label(injectionKey); injection != "" && injection != "enabled" {
		f.injectionDisabled[o.ref.Name] = true
	}
}
