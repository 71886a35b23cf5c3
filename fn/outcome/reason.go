package outcome

import (
	"maps"
	"slices"
)

// Reason is the stable CamelCase name of an outcome or a finding. Programs may match on it.
type Reason string

// The outcomes: each pod has one. Row numbers are those of the table in enroll/decide.go.
const (
	// Enrolled: the pod gained mesh settings.
	Enrolled Reason = "Enrolled"
	// AlreadyEnrolled: the pod had them all.
	AlreadyEnrolled Reason = "AlreadyEnrolled"
	// NotEnrolled: the pod lacks mesh settings, and the mode is Check; or the mode is Unenroll, and it has none.
	NotEnrolled Reason = "NotEnrolled"
	// Unenrolled: the pod lost its mesh settings.
	Unenrolled Reason = "Unenrolled"

	// NoPodTemplate: the object is of a kind that holds pods, but this one does not.
	NoPodTemplate Reason = "NoPodTemplate"
	// LocalConfig: the object never reaches the cluster.
	LocalConfig Reason = "LocalConfig"
	// OptedOut: the pod or its workload asks to stay out.
	OptedOut Reason = "OptedOut"
	// Excluded: spec.exclude matches.
	Excluded Reason = "Excluded"
	// NotSelected: nothing asks for the pod to be in the mesh.
	NotSelected Reason = "NotSelected"
	// MeshComponent: the pod is a part of SPIRE or Istio, which no target names.
	MeshComponent Reason = "MeshComponent"
	// HelmHook: the workload is a Helm hook, and hooks are skipped.
	HelmHook Reason = "HelmHook"
	// HostNetwork: Istio never injects a pod on the host's network.
	HostNetwork Reason = "HostNetwork"
	// IgnoredNamespace: Istio never injects a pod in this namespace.
	IgnoredNamespace Reason = "IgnoredNamespace"
	// NamespaceInjectionDisabled: the namespace disables injection.
	NamespaceInjectionDisabled Reason = "NamespaceInjectionDisabled"
	// GatewayAPI: istiod makes the pods of this Gateway, and cannot give them SPIRE's socket.
	GatewayAPI Reason = "GatewayAPI"
	// SocketVolumeInUse: the pod has a volume of the workload socket's name that is the application's own.
	SocketVolumeInUse Reason = "SocketVolumeInUse"
)

// What was done to other objects.
const (
	// Added: the object was created.
	Added Reason = "Added"
	// Patched: the object gained settings.
	Patched Reason = "Patched"
	// Removed: the object, or some of its settings, was removed.
	Removed Reason = "Removed"
	// Missing: the object, or its settings, would be added.
	Missing Reason = "Missing"
)

// IsSelected says whether a pod with this outcome is selected, whether or not it is enrolled.
func (r Reason) IsSelected() bool {
	switch r {
	case Enrolled, AlreadyEnrolled, NotEnrolled, Unenrolled:
		return true
	}
	return r.StaysOutside()
}

// IsEnrolled says whether a pod with this outcome is in the mesh.
func (r Reason) IsEnrolled() bool { return r == Enrolled || r == AlreadyEnrolled }

// StaysOutside says whether this is the outcome of a selected pod that is left as it is. Such an outcome is also a finding.
func (r Reason) StaysOutside() bool {
	return r == HostNetwork || r == IgnoredNamespace || r == NamespaceInjectionDisabled || r == GatewayAPI || r == SocketVolumeInUse
}

// meanings are those of the outcomes that are not findings.
var meanings = map[Reason]string{
	Enrolled:        "the pod gained mesh settings",
	AlreadyEnrolled: "the pod had all the mesh settings",
	NotEnrolled:     "the pod lacks mesh settings and the mode is Check; or the mode is Unenroll and it has none",
	Unenrolled:      "the pod lost its mesh settings",
	NotSelected:     "nothing asks for the pod to be in the mesh",
	OptedOut:        "the pod, or its workload, asks to stay out of the mesh",
	Excluded:        "the configuration excludes the pod",
	LocalConfig:     "the object is local configuration and never reaches the cluster",
	MeshComponent:   "the pod is a part of SPIRE or Istio itself, and no target names it and no mark asks for it",
	HelmHook:        "the object is a Helm hook that is not marked for enrollment, and hooks are skipped",
	NoPodTemplate:   "the object has no pod template, although its kind can have one",

	Added:   "the object was created",
	Patched: "the object gained settings",
	Removed: "the object, or some of its settings, was removed",
	Missing: "the object, or its settings, would be added, but the mode is Check",
}

// Reasons lists the outcomes that are not findings, in alphabetical order.
func Reasons() []Reason { return slices.Sorted(maps.Keys(meanings)) }

// Meaning returns what an outcome means, or "" if it is a finding or is not an outcome.
func (r Reason) Meaning() string { return meanings[r] }
