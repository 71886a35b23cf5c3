package fn

// Severity of a finding, in the words of the KRM Functions Specification.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Reason is the stable CamelCase name of an outcome or a finding. Programs may match on it.
type Reason string

// Role is what a pod is in the mesh.
type Role string

const (
	Sidecar Role = "Sidecar"
	Gateway Role = "Gateway"
)

// ResourceRef names an object.
type ResourceRef struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Namespace is the object's own, or the configured one where it has none.
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// String gives `Kind namespace/name`, or `Kind name` where no namespace is known.
func (r ResourceRef) String() string {
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

// Place is where something stands in the input.
type Place struct {
	// Stream is the input's name: a file's path, or <stdin>.
	Stream string `json:"stream"`
	// Source is the chart template that rendered the document, or the file that it was read from, where Helm, kustomize or
	// kpt says so.
	Source string `json:"source,omitempty"`
	// Index is the document's place in that file, from 0, where kustomize or kpt says so.
	Index int `json:"index,omitempty"`
	// Line in the stream, from 1; 0 where it is not known.
	Line int `json:"line,omitempty"`
}

// Pod is what was decided about one pod template, or about one Pod.
type Pod struct {
	Resource ResourceRef `json:"resource"`
	Place    Place       `json:"place"`
	// Reason is the outcome: Enrolled, AlreadyEnrolled, or why not.
	Reason Reason `json:"reason"`
	// Message says the outcome in a sentence.
	Message string `json:"message"`
	// Role is empty for a pod that was not selected.
	Role Role `json:"role,omitempty"`
	// SPIFFEID is the identity that SPIRE will issue to an enrolled pod; unknown parts stand in angle brackets.
	SPIFFEID string `json:"spiffeID,omitempty"`
	// Selectors are those of the pod's registration entry: the pod's own, and those that its ClusterSPIFFEID adds.
	Selectors []string `json:"selectors,omitempty"`
	// MutualTLS is what a sidecar in the mesh asks of its clients (STRICT, PERMISSIVE or DISABLE) by the PeerAuthentications
	// in the streams and the added ones. It is empty where they do not say.
	MutualTLS string `json:"mutualTLS,omitempty"`
	// MutualTLSPorts are the modes of the ports that have their own.
	MutualTLSPorts map[string]string `json:"mutualTLSPorts,omitempty"`
	// Changes are the field paths, in the object, of what was added, completed or removed.
	Changes []string `json:"changes,omitempty"`
	// Verdict is what becomes of the pod as it comes out. It is empty for what never reaches the cluster, and when mesh
	// settings are taken away.
	Verdict Verdict `json:"verdict,omitempty"`
	// VerdictReason is why the verdict is not SPIRE: an outcome or a finding.
	VerdictReason Reason `json:"verdictReason,omitempty"`
	// Findings are what the reader should know about this pod.
	Findings []Finding `json:"findings,omitempty"`

	labels pairs               // of the pod as it comes out, until the selectors in the streams have been asked for them
	policy *peerAuthentication // that is added for it, or nil; as long
}

// Finding is something wrong or doubtful about one object.
type Finding struct {
	Reason   Reason   `json:"reason"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	// Field is a path in the object, such as spec.template.spec.hostNetwork.
	Field string `json:"field,omitempty"`
	// Line of the field in the stream, from 1; 0 where it is not known.
	Line int `json:"line,omitempty"`
	// Remedy is the line to change.
	Remedy string `json:"remedy,omitempty"`
}

// below moves the finding down by the lines above its document.
func (f *Finding) below(lines int) {
	if f.Line > 0 {
		f.Line += lines
	}
}

// ObjectFinding is a finding about an object that is no pod.
type ObjectFinding struct {
	Resource ResourceRef `json:"resource"`
	Place    Place       `json:"place"`
	Finding  `json:",inline"`
}
