package gatewayapi

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/istiod"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// FirstWithOverlays is the first version of Istio that has overlays (its release notes), and FirstToMerge the first one whose templates make the
// volume of no type, so that an overlay need not remove it.
var (
	FirstWithOverlays = istiod.Version{Major: 1, Minor: 26}
	FirstToMerge      = istiod.Version{Major: 1, Minor: 31}
)

// DeploymentKey is the key of an overlay under which it changes the Deployment.
const DeploymentKey = "deployment"

// overlayKeys are those that istiod takes. It makes nothing of a Gateway whose overlay has another one.
var overlayKeys = []string{DeploymentKey, "service", "serviceAccount", "horizontalPodAutoscaler", "podDisruptionBudget"}

// Overlay is a ConfigMap that changes what istiod makes of Gateways: those that name it, or all of a class. Each value is a strategic merge
// patch.
type Overlay struct {
	Ref manifest.ResourceRef
	// Class is the class whose Gateways it is for, all of them, or "".
	Class string
	// InCluster: it is in the cluster already, and not in the streams.
	InCluster bool
	// Problem says why istiod cannot use it, or is empty.
	Problem string
	// Volume is workload-socket in the patch of the Deployment, or nil.
	Volume *yaml.Node
	// Proxy is the container istio-proxy in it, or nil.
	Proxy *yaml.Node
}

// PodPath leads from a Deployment to the spec of its pods.
var PodPath = []string{"spec", "template", "spec"}

// NewOverlay reads a ConfigMap as an overlay.
func NewOverlay(o manifest.Object) Overlay {
	overlay := Overlay{Ref: o.Ref, Class: o.Label(keys.GatewayClassDefaults)}
	data := yamledit.Lookup(o.Node, "data")
	for _, key := range yamledit.Keys(data) {
		if !slices.Contains(overlayKeys, key) {
			overlay.Problem = fmt.Sprintf("it has the key %s, which istiod does not know", key)
		}
	}
	text := yamledit.Text(yamledit.Lookup(data, DeploymentKey))
	if text == "" {
		return overlay
	}
	doc, err := yamledit.Parse([]byte(text))
	if err != nil || doc.Root() == nil || doc.Root().Kind != yaml.MappingNode {
		overlay.Problem = "its value deployment is no mapping in YAML"
		return overlay
	}
	return overlay.In(doc)
}

// In returns the overlay with the volume and the proxy of a document: the patch of the Deployment.
func (o Overlay) In(deployment *yamledit.Document) Overlay {
	pod := yamledit.Lookup(deployment.Root(), PodPath...)
	o.Volume = manifest.Named(yamledit.Lookup(pod, "volumes"), keys.SocketVolume)
	o.Proxy = manifest.Named(yamledit.Lookup(pod, "containers"), keys.ProxyContainer)
	return o
}

// SocketFile returns the name of the socket file that the overlay sets for the proxy, or "".
func (o Overlay) SocketFile() string {
	return yamledit.Text(yamledit.Lookup(manifest.Named(yamledit.Lookup(o.Proxy, "env"), keys.SocketFileEnv), "value"))
}
