package fn

// The outcomes: each pod has one. Row numbers are those of the table in decide.go.
const (
	// Enrolled: the pod gained mesh settings.
	Enrolled Reason = "Enrolled"
	// AlreadyEnrolled: the pod had them all.
	AlreadyEnrolled Reason = "AlreadyEnrolled"
	// NotEnrolled: the pod lacks mesh settings, and the mode is not to add any; or it has none to take away.
	NotEnrolled Reason = "NotEnrolled"
	// Unenrolled: the pod lost its mesh settings.
	Unenrolled Reason = "Unenrolled"

	// NoPodTemplate: the object is of a kind that holds pods, but this one does not.
	NoPodTemplate Reason = "NoPodTemplate"
	// LocalConfig: the object is never sent to the cluster.
	LocalConfig Reason = "LocalConfig"
	// OptedOut: the pod or its workload asks to stay out.
	OptedOut Reason = "OptedOut"
	// Excluded: spec.exclude matches.
	Excluded Reason = "Excluded"
	// NotSelected: nothing asks for the pod to be in the mesh.
	NotSelected Reason = "NotSelected"
	// HelmHook: the workload is a Helm hook, and hooks are left alone.
	HelmHook Reason = "HelmHook"
	// HostNetwork: Istio never injects a pod on the host's network.
	HostNetwork Reason = "HostNetwork"
	// IgnoredNamespace: Istio never injects a pod in this namespace.
	IgnoredNamespace Reason = "IgnoredNamespace"
	// NamespaceInjectionDisabled: the namespace turns injection off.
	NamespaceInjectionDisabled Reason = "NamespaceInjectionDisabled"
)

// IsSelected says whether a pod with this outcome was selected, be it enrolled or not.
func (r Reason) IsSelected() bool {
	switch r {
	case Enrolled, AlreadyEnrolled, NotEnrolled, Unenrolled, HostNetwork, IgnoredNamespace, NamespaceInjectionDisabled:
		return true
	}
	return false
}

// IsEnrolled says whether a pod with this outcome is in the mesh.
func (r Reason) IsEnrolled() bool { return r == Enrolled || r == AlreadyEnrolled }
