// Package keys has the names that Istio, SPIRE, Helm, kustomize and kpt define and that enmesh reads or writes: keys of labels and
// annotations, environment variables, volumes, containers.
package keys

// Labels that Istio defines. A test compares them with Istio's API, in which istio-injection has no name.
const (
	Inject         = "sidecar.istio.io/inject"
	Revision       = "istio.io/rev"
	Tag            = "istio.io/tag"
	DataplaneMode  = "istio.io/dataplane-mode"
	IstioComponent = "operator.istio.io/component"
	// GatewayClassDefaults labels a ConfigMap in istiod's namespace that changes what istiod makes of all Gateways of a class.
	GatewayClassDefaults = "gateway.istio.io/defaults-for-class"
)

const NamespaceInjection = "istio-injection"

// Annotations that Istio defines. A test compares them with Istio's API, in which scrape-targets has no name.
const (
	Templates         = "inject.istio.io/templates"
	NativeSidecar     = "sidecar.istio.io/nativeSidecar"
	ProxyConfig       = "proxy.istio.io/config"
	InjectionStatus   = "sidecar.istio.io/status"
	UserVolume        = "sidecar.istio.io/userVolume"
	UserVolumeMount   = "sidecar.istio.io/userVolumeMount"
	BootstrapOverride = "sidecar.istio.io/bootstrapOverride"
	InterceptionMode  = "sidecar.istio.io/interceptionMode"
	RewriteProbes     = "sidecar.istio.io/rewriteAppHTTPProbers"
	MergeMetrics      = "prometheus.istio.io/merge-metrics"

	// Of a Gateway: the name of what istiod makes of it, and of the service account.
	GatewayName           = "gateway.istio.io/name-override"
	GatewayServiceAccount = "gateway.istio.io/service-account"

	ProxyCPU         = "sidecar.istio.io/proxyCPU"
	ProxyCPULimit    = "sidecar.istio.io/proxyCPULimit"
	ProxyMemory      = "sidecar.istio.io/proxyMemory"
	ProxyMemoryLimit = "sidecar.istio.io/proxyMemoryLimit"

	StatusPort                = "status.sidecar.istio.io/port"
	ReadinessInitialDelay     = "readiness.status.sidecar.istio.io/initialDelaySeconds"
	ReadinessPeriod           = "readiness.status.sidecar.istio.io/periodSeconds"
	ReadinessFailureThreshold = "readiness.status.sidecar.istio.io/failureThreshold"

	IncludeOutboundIPRanges = "traffic.sidecar.istio.io/includeOutboundIPRanges"
	ExcludeOutboundIPRanges = "traffic.sidecar.istio.io/excludeOutboundIPRanges"
	IncludeInboundPorts     = "traffic.sidecar.istio.io/includeInboundPorts"
	ExcludeInboundPorts     = "traffic.sidecar.istio.io/excludeInboundPorts"
	ExcludeOutboundPorts    = "traffic.sidecar.istio.io/excludeOutboundPorts"
	ExcludeInterfaces       = "traffic.sidecar.istio.io/excludeInterfaces"
	RerouteInterfaces       = "istio.io/reroute-virtual-interfaces"
	// KubevirtInterfaces is deprecated in favor of RerouteInterfaces; the injector still checks it.
	KubevirtInterfaces = "traffic.sidecar.istio.io/kubevirtInterfaces"
)

const (
	ScrapeTargets = "prometheus.istio.io/scrape-targets"
	// TrafficPrefix leads the annotations that say which traffic passes the proxy.
	TrafficPrefix = "traffic.sidecar.istio.io/"
)

// Labels and annotations of others.
const (
	PartOf           = "app.kubernetes.io/part-of"
	AppVersion       = "app.kubernetes.io/version"
	PodSecurity      = "pod-security.kubernetes.io/enforce"
	NamespaceName    = "kubernetes.io/metadata.name" // every Namespace has this label, with its own name
	PrometheusPort   = "prometheus.io/port"
	PrometheusScrape = "prometheus.io/scrape"
	// ClassName repeats a ClusterSPIFFEID's class for controller managers that filter by label.
	ClassName = "spire.spiffe.io/class-name"
	// DriverProfile is the label by which OpenShift's admission compares a CSI driver with the pod security of a namespace.
	DriverProfile = "security.openshift.io/csi-ephemeral-volume-profile"
	HelmHook      = "helm.sh/hook"
	// HelmFile is the annotation in which Helm 4 passes the chart template of a document to a post-renderer.
	HelmFile = "postrenderer.helm.sh/postrender-filename"
	// HelmSource is the start of the comment in which Helm 3 names the chart template of a document.
	HelmSource  = "# Source: "
	LocalConfig = "config.kubernetes.io/local-config"
	KustomizeID = "kustomize.config.k8s.io/id"
	// OriginAnnotation and OrchestratedLegacy are the prefixes of the annotations in which kustomize and kpt record the file of an object,
	// and its place in the file.
	OriginAnnotation   = "internal.config.kubernetes.io/"
	OrchestratedLegacy = "config.kubernetes.io/"
)

// enmesh's own annotations.
const (
	Enroll = "enmesh.dev/enroll"
	Accept = "enmesh.dev/accept"
)

// Names in a pod's spec.
const (
	ProxyContainer    = "istio-proxy"
	SocketVolume      = "workload-socket"
	SocketFileEnv     = "WORKLOAD_IDENTITY_SOCKET_FILE"
	WorkloadAPIEnv    = "SPIFFE_ENDPOINT_SOCKET"
	WorkloadAPIVolume = "spiffe-workload-api"
)

// Injection templates of istiod's chart: those for pods, and those from which istiod creates whole gateways. All templates for pods
// except grpc-simple add the proxy.
const (
	SidecarTemplate    = "sidecar"
	GatewayTemplate    = "gateway"
	GRPCAgentTemplate  = "grpc-agent"
	GRPCSimpleTemplate = "grpc-simple"
)

var (
	PodTemplates          = []string{SidecarTemplate, GatewayTemplate, GRPCAgentTemplate, GRPCSimpleTemplate}
	GatewayClassTemplates = []string{"waypoint", "kube-gateway", "agentgateway", "agentgateway-waypoint"}
)

// IgnoredNamespaces are the namespaces in which Istio's injector never injects pods (pkg/kube/inject, IgnoredNamespaces).
var IgnoredNamespaces = []string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

// IdentityLabels are the keys of managed-identity labels in use: enmesh's default, and the one in Istio's documentation
// (https://istio.io/latest/docs/ops/integrations/spire/).
var IdentityLabels = []string{"spire-managed-identity", "spiffe.io/spire-managed-identity"}

// API groups and kinds.
const (
	IstioSecurityGroup = "security.istio.io"
	PeerAuthentication = "PeerAuthentication"

	AuthorizationPolicy = "AuthorizationPolicy"
	SPIREGroup          = "spire.spiffe.io"
	ClusterSPIFFEID     = "ClusterSPIFFEID"

	ClusterFederatedTrustDomain = "ClusterFederatedTrustDomain"

	// SailGroup is the group of the Sail operator's kinds, and IstioInstallGroup that of istioctl's.
	SailGroup         = "sailoperator.io"
	Istio             = "Istio"
	IstioRevision     = "IstioRevision"
	IstioRevisionTag  = "IstioRevisionTag"
	IstioInstallGroup = "install.istio.io"
	IstioOperator     = "IstioOperator"

	GatewayAPIGroup = "gateway.networking.k8s.io"
)
