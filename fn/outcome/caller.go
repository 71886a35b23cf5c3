package outcome

import "enmesh.dev/enmesh/fn/manifest"

// Caller is a client of a pod that has no certificate of the mesh, as far as manifests show it.
type Caller struct {
	// Caller is the kind of client: API server, kubelet, scraper, client outside of the mesh.
	Caller string `json:"caller"`
	// By is the object that has it call: a webhook configuration, a monitor, an Ingress, a Service.
	By manifest.ResourceRef `json:"by"`
	// Port is the number of the pod's port.
	Port string `json:"port"`
	// Mode of mutual TLS at the port: STRICT, PERMISSIVE, DISABLE, or BYPASSED where the traffic does not reach the proxy. It is empty if
	// the manifests do not set it, or if the pod has no proxy.
	Mode string `json:"mode,omitempty"`
	// Refused: the client is cut off.
	Refused bool `json:"refused,omitempty"`
}
