package outcome

// Entry is a registration entry of SPIRE. Each pod of a workload has one of its own, which differs in the pod's UID only.
type Entry struct {
	// SPIFFEID is the identity. Unknown parts are in angle brackets.
	SPIFFEID string `json:"spiffeID"`
	// Selectors are the pod's own, and those that its ClusterSPIFFEID adds.
	Selectors []string `json:"selectors"`
	// Hint is what the ClusterSPIFFEID gives the entry to tell it from others.
	Hint string `json:"hint,omitempty"`
}
