package outcome

import "enmesh.dev/enmesh/fn/manifest"

// MeshGateway is the kind of client that a gateway of the mesh is. It has a certificate.
const MeshGateway = "gateway of the mesh"

// Caller is a client of a pod, as far as manifests show it: one without a certificate of the mesh, or a gateway of the mesh.
type Caller struct {
	// Caller is the kind of client: API server, kubelet, scraper, client outside of the mesh, gateway of the mesh.
	Caller string `json:"caller"`
	// By is the object that has it call: a webhook configuration, a monitor, an Ingress, a Service.
	By manifest.ResourceRef `json:"by"`
	// Identity is a gateway's.
	Identity string `json:"identity,omitempty"`
	// Port is the number of the pod's port, if it is known.
	Port string `json:"port,omitempty"`
	// Mode of mutual TLS at the port: STRICT, PERMISSIVE, DISABLE, or BYPASSED where the traffic does not reach the proxy. It is empty if
	// the manifests do not set it, or if the pod has no proxy.
	Mode string `json:"mode,omitempty"`
	// Refused: the client is cut off, for it has no certificate, or by an AuthorizationPolicy.
	Refused bool `json:"refused,omitempty"`
}
