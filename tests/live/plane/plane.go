// Package plane starts a whole control plane on loopback, without containers and without a kubelet: Kubernetes (etcd, API server,
// controller manager, scheduler), istiod, SPIRE's server and agent, and what registers pods with SPIRE. All of them are the real
// programs, but for the kubelet and, where none is named, spire-controller-manager.
//
// In: the programs in bin, which `make test-live` builds. Out: a Plane to ask. Everything that it starts ends with the test.
//
// Start reading at New.
package plane

import "testing"

// TrustDomain is the trust domain of SPIRE and of istiod.
const TrustDomain = "democluster.internal"

// Plane is a control plane that runs until the test ends.
type Plane struct {
	// Dir is a folder for what the plane writes.
	Dir string
	// Kubeconfig is the path of the administrator's kubeconfig.
	Kubeconfig string
	// Client talks to the API server.
	Client *Client
	// AgentSockets is the folder with the agent's socket: what SPIRE's CSI driver mounts.
	AgentSockets string

	options Options
	apiPort int
	istiod  istiodPorts
	spire   spireServer
}

// Options say what differs from the usual plane.
type Options struct {
	// KubeletVersion is the version that the node reports. The default, v1.35.0, makes sidecars native.
	KubeletVersion string
	// Socket is the name of the agent's socket. The default, socket, is the one that Istio's proxies look for.
	Socket string
	// IstiodArgs are further arguments of the helm command that installs istiod's chart.
	IstiodArgs []string
	// Revision is istiod's. The default is the default one.
	Revision string
	// PlainIstiod installs istiod's chart without enmesh: it has no templates for SPIRE.
	PlainIstiod bool
	// EnvoyPath is the program that pilot-agent starts in the place of Envoy.
	EnvoyPath string
	// APIServerArgs are further arguments of the API server.
	APIServerArgs []string
}

// New starts a control plane. It skips the test if a program is missing.
func New(t *testing.T, options Options) *Plane {
	t.Helper()
	if options.KubeletVersion == "" {
		options.KubeletVersion = "v1.35.0"
	}
	if options.Socket == "" {
		options.Socket = "socket"
	}
	p := &Plane{Dir: t.TempDir(), options: options}
	for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "pilot-discovery", "pilot-agent", "spire-server", "spire-agent", "helm3", "enmesh"} {
		Tool(t, name)
	}
	p.startKubernetes(t)
	p.startSPIREServer(t)
	p.startIstiod(t)
	p.startSPIREAgent(t)
	p.startRegistrar(t)
	return p
}

// ignoredNamespaces are those whose pods are not registered, as SPIRE's chart has it.
var ignoredNamespaces = []string{"^kube-system$", "^kube-public$", "^spire-system$"}
