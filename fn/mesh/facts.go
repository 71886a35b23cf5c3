package mesh

import (
	"slices"
	"sync"

	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/stream"
)

// Facts are what objects in the streams say about pods in other documents. They are gathered before anything is decided, so
// that the order of documents does not matter.
type Facts struct {
	// Objects are the objects that the facts come from.
	Objects []Object
	// ClusterSPIFFEIDs are all ClusterSPIFFEIDs in the streams.
	ClusterSPIFFEIDs []ClusterSPIFFEID
	// ControllerManager is SPIRE's controller manager, or nil if its configuration is not in the streams.
	ControllerManager *ControllerManager
	// Injectors are istiod's injectors, from each source that shows one. Injector returns that which holds for a revision.
	Injectors []Injector
	// PeerAuthentications are all in the streams.
	PeerAuthentications []PeerAuthentication
	// Agents are SPIRE's agents.
	Agents []Agent
	// Drivers are the names of SPIFFE's CSI drivers.
	Drivers []string
	// Services, Calls and Monitors tell who calls pods, if that matters.
	Services []Service
	Calls    []Call
	Monitors []Monitor
	// Gateways and VirtualRoutes tell what gateways of the mesh are in front of Services, and AuthorizationPolicies whom they let in.
	Gateways              []Gateway
	VirtualRoutes         []VirtualRoute
	AuthorizationPolicies []AuthorizationPolicy

	namespaces map[string]Namespace
	policies   func() policyIndex // made when it is first asked for
	cluster    cluster

	callersMatter  bool
	routes         []route
	apiGateways    map[named]gatewayapi.Gateway
	ownGateways    []manifest.Object // those of the Gateway API that are in the streams
	controllers    map[string]string // of the Gateway API's classes
	overlays       map[named]gatewayapi.Overlay
	overlaysMatter bool
	revisions      map[string]string   // of istiod, by their names and by the tags that stand for them
	active         map[string]string   // revisions, by the names of the objects Istio that make others of them
	settings       map[string]Settings // of istiod's mesh, by revision
	sockets        map[string]bool     // names under which SPIRE's agent has its socket
	federated      map[string]bool     // trust domains whose bundle SPIRE's server gets
	hasFederated   bool                // by a ClusterFederatedTrustDomain
	scaled         map[scaled]bool     // workloads that an autoscaler scales
	links          [][2]string         // target and name of the links that scripts make
}

// Object is an object that says something about pods in other documents, and may be wrong.
type Object struct {
	manifest.Object
	// Document is the number that Gather was called with.
	Document int
}

// NewFacts returns facts without any content.
func NewFacts() *Facts {
	f := &Facts{namespaces: map[string]Namespace{}, revisions: map[string]string{}, active: map[string]string{},
		settings: map[string]Settings{}, sockets: map[string]bool{}, federated: map[string]bool{}, scaled: map[scaled]bool{}, apiGateways: map[named]gatewayapi.Gateway{},
		controllers: map[string]string{}, overlays: map[named]gatewayapi.Overlay{}}
	f.policies = sync.OnceValue(f.indexPolicies)
	return f
}

// kinds are the kinds that can say something about pods in other documents. A document of such a kind does only if it
// contains one of the kind's words.
var kinds = map[string][]string{
	"Namespace":                      {""},
	keys.PeerAuthentication:          {""},
	keys.AuthorizationPolicy:         {"rincipals", "erviceAccounts", "amespaces", "rustDomains"},
	keys.ClusterSPIFFEID:             {""},
	keys.ClusterFederatedTrustDomain: {""},
	"ConfigMap":                      {"istio", "ControllerManagerConfig", AgentConfig, "federates_with"},
	"CSIDriver":                      {"spiffe"},
	"DaemonSet":                      {"ln -s"},
	"MutatingWebhookConfiguration":   {keys.Revision},
	keys.Istio:                       {keys.SailGroup},
	keys.IstioRevision:               {keys.SailGroup},
	keys.IstioRevisionTag:            {keys.SailGroup},
	keys.IstioOperator:               {keys.IstioInstallGroup},
	"Gateway":                        {"istio", "gatewayClassName"},
	"GatewayClass":                   {"controllerName"},
	"DestinationRule":                {"DISABLE"},
	"HorizontalPodAutoscaler":        {""},
	"ScaledObject":                   {"keda.sh"},
}

// Reads says whether the facts come from objects of the kind.
func Reads(kind string) bool { return kinds[kind] != nil }

// MayHold says whether a document of a kind may hold facts.
func MayHold(kind string, document stream.Text) bool { return holdsWord(kinds[kind], document) }

func holdsWord(words []string, document stream.Text) bool {
	return slices.ContainsFunc(words, document.Contains)
}

// MayHoldAny says whether a document of any kind, such as a list, may hold facts.
func MayHoldAny(document stream.Text) bool {
	for kind := range kinds {
		if document.Contains(kind) && MayHold(kind, document) {
			return true
		}
	}
	return false
}

// Gather records what one object says. The document is the number of the object's document, for Object.
func (f *Facts) Gather(o manifest.Object, document int) {
	if f.cluster.known {
		f.cluster.inStreams[objectOf(o)] = true
	}
	f.gather(o)
	if len(kinds[o.Ref.Kind]) > 0 {
		f.Objects = append(f.Objects, Object{o, document})
	}
}

func (f *Facts) gather(o manifest.Object) {
	if f.callersMatter {
		f.gatherCaller(o)
	}
	switch o.Ref.Kind {
	case "Gateway":
		f.gatherAPIGateway(o)
		f.gatherIstioGateway(o)
	case "GatewayClass":
		f.gatherGatewayClass(o)
	case "VirtualService":
		f.gatherVirtualService(o)
	case keys.AuthorizationPolicy:
		f.gatherAuthorizationPolicy(o)
	case "Namespace":
		f.gatherNamespace(o)
	case keys.PeerAuthentication:
		f.gatherPeerAuthentication(o)
	case keys.ClusterSPIFFEID:
		f.gatherClusterSPIFFEID(o)
	case keys.ClusterFederatedTrustDomain:
		f.gatherFederatedTrustDomain(o)
	case "ConfigMap":
		f.gatherSettings(o)
		f.gatherInjector(o)
		f.gatherControllerManager(o)
		f.gatherAgent(o)
		f.gatherServer(o)
		f.gatherOverlay(o)
	case keys.Istio, keys.IstioRevision, keys.IstioOperator:
		f.gatherInstaller(o)
	case keys.IstioRevisionTag:
		f.gatherRevisionTag(o)
	case "DaemonSet":
		f.gatherLinks(o)
	case "CSIDriver":
		f.gatherDriver(o)
	case "MutatingWebhookConfiguration":
		f.gatherRevision(o)
	case "HorizontalPodAutoscaler", "ScaledObject":
		f.gatherAutoscaler(o)
	}
}
