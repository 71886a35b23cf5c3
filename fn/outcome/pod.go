package outcome

import "enmesh.dev/enmesh/fn/manifest"

// Role is the role of a pod in the mesh.
type Role string

const (
	Sidecar Role = "Sidecar"
	Gateway Role = "Gateway"
)

// Pod is what was decided about one pod template, or about one Pod.
type Pod struct {
	// Resource is the object that has the pod template, or the Pod.
	Resource manifest.ResourceRef `json:"resource"`
	// Place is where the object starts.
	Place manifest.Place `json:"place"`
	// Template is the path of the pod template in the object, if the object has several.
	Template string `json:"template,omitempty"`
	// Outcome is what enmesh did with the pod: Enrolled, AlreadyEnrolled, or why the pod is not enrolled.
	Outcome Reason `json:"outcome"`
	// Message describes the outcome in a sentence.
	Message string `json:"message"`
	// Role is empty for a pod that was not selected.
	Role Role `json:"role,omitempty"`
	// SPIFFEID is the identity that SPIRE will issue to an enrolled pod. Unknown parts are in angle brackets.
	SPIFFEID string `json:"spiffeID,omitempty"`
	// Entries are the registration entries that SPIRE will have for each pod: for all pods that a ClusterSPIFFEID selects, also
	// for those that have no proxy to use them.
	Entries []Entry `json:"entries,omitempty"`
	// Replicas is how many pods the workload has, if its manifest says so and no autoscaler changes it.
	Replicas *int `json:"replicas,omitempty"`
	// MutualTLS is the mode of mutual TLS for the clients of a sidecar (STRICT, PERMISSIVE or DISABLE), from the
	// PeerAuthentications in the streams and the added ones. It is empty if they do not set it.
	MutualTLS string `json:"mutualTLS,omitempty"`
	// MutualTLSPorts are the modes of the ports that have their own.
	MutualTLSPorts map[string]string `json:"mutualTLSPorts,omitempty"`
	// BypassedPorts are the ports at which clients reach the application without its proxy. A * stands for all of them.
	BypassedPorts []string `json:"bypassedPorts,omitempty"`
	// ReachedBy are the clients that call the pod. It is empty where no PeerAuthentication or AuthorizationPolicy is at hand or asked for,
	// because nobody is cut off then.
	ReachedBy []Caller `json:"reachedBy,omitempty"`
	// Changes are the paths, in the object, of the fields that were added, completed or removed or, in the mode Check,
	// are to be.
	Changes []string `json:"changes,omitempty"`
	// Verdict is what happens to the pod of the output in the cluster. It is empty if the pod never reaches the cluster, and
	// in the mode Unenroll.
	Verdict Verdict `json:"verdict,omitempty"`
	// VerdictReason is why the verdict is not SPIRE: an outcome or a finding.
	VerdictReason Reason `json:"verdictReason,omitempty"`
	// VerdictAccepted: the configuration, or the pod itself, accepts that reason.
	VerdictAccepted bool `json:"verdictAccepted,omitempty"`
	// Assumptions are what the verdict takes for granted, because no manifest at hand shows it.
	Assumptions []Assumption `json:"assumptions,omitempty"`
	// Findings are about this pod.
	Findings []Finding `json:"findings,omitempty"`
	// Fails: the pod fails the job.
	Fails bool `json:"fails,omitempty"`
}

// LacksSettings says whether the pod is selected but not enrolled, which fails a check.
func (p Pod) LacksSettings() bool { return p.Outcome == NotEnrolled && p.Role != "" }

// NeedsRegistration says whether SPIRE must register the pod, now or after it is enrolled.
func (p Pod) NeedsRegistration() bool { return p.Outcome.IsEnrolled() || p.LacksSettings() }
