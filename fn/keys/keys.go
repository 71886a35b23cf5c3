// Package keys has the names that Istio, SPIRE, Helm, kustomize and kpt define and that enmesh reads or writes: keys of labels and
// annotations, environment variables, volumes, containers.
package keys

import (
	"istio.io/api/annotation"
	"istio.io/api/label"
)

// Labels that Istio defines. istio-injection has no name in its API.
var (
	Inject         = ofLabel(label.SidecarInject)
	Revision       = ofLabel(label.IoIstioRev)
	Tag            = ofLabel(label.IoIstioTag)
	DataplaneMode  = ofLabel(label.IoIstioDataplaneMode)
	IstioComponent = ofLabel(label.OperatorComponent)
)

const NamespaceInjection = "istio-injection"

// Annotations that Istio defines. scrape-targets has no name in its API.
var (
	Templates         = ofAnnotation(annotation.InjectTemplates)
	NativeSidecar     = ofAnnotation(annotation.SidecarNativeSidecar)
	ProxyConfig       = ofAnnotation(annotation.ProxyConfig)
	InjectionStatus   = ofAnnotation(annotation.SidecarStatus)
	UserVolume        = ofAnnotation(annotation.SidecarUserVolume)
	UserVolumeMount   = ofAnnotation(annotation.SidecarUserVolumeMount)
	BootstrapOverride = ofAnnotation(annotation.SidecarBootstrapOverride)
	InterceptionMode  = ofAnnotation(annotation.SidecarInterceptionMode)
	RewriteProbes     = ofAnnotation(annotation.SidecarRewriteAppHTTPProbers)
	MergeMetrics      = ofAnnotation(annotation.PrometheusMergeMetrics)

	ProxyCPU         = ofAnnotation(annotation.SidecarProxyCPU)
	ProxyCPULimit    = ofAnnotation(annotation.SidecarProxyCPULimit)
	ProxyMemory      = ofAnnotation(annotation.SidecarProxyMemory)
	ProxyMemoryLimit = ofAnnotation(annotation.SidecarProxyMemoryLimit)

	StatusPort                = ofAnnotation(annotation.SidecarStatusPort)
	ReadinessInitialDelay     = ofAnnotation(annotation.SidecarStatusReadinessInitialDelaySeconds)
	ReadinessPeriod           = ofAnnotation(annotation.SidecarStatusReadinessPeriodSeconds)
	ReadinessFailureThreshold = ofAnnotation(annotation.SidecarStatusReadinessFailureThreshold)

	IncludeOutboundIPRanges = ofAnnotation(annotation.SidecarTrafficIncludeOutboundIPRanges)
	ExcludeOutboundIPRanges = ofAnnotation(annotation.SidecarTrafficExcludeOutboundIPRanges)
	IncludeInboundPorts     = ofAnnotation(annotation.SidecarTrafficIncludeInboundPorts)
	ExcludeInboundPorts     = ofAnnotation(annotation.SidecarTrafficExcludeInboundPorts)
	ExcludeOutboundPorts    = ofAnnotation(annotation.SidecarTrafficExcludeOutboundPorts)
	ExcludeInterfaces       = ofAnnotation(annotation.SidecarTrafficExcludeInterfaces)
	RerouteInterfaces       = ofAnnotation(annotation.IoIstioRerouteVirtualInterfaces)
	// KubevirtInterfaces is deprecated in favor of RerouteInterfaces; the injector still checks it.
	KubevirtInterfaces = annotation.SidecarTrafficKubevirtInterfaces.Name
)

const (
	ScrapeTargets = "prometheus.istio.io/scrape-targets"
	// TrafficPrefix leads the annotations that say which traffic passes the proxy.
	TrafficPrefix = "traffic.sidecar.istio.io/"
)

// deprecated says of each of Istio's keys above whether Istio deprecates it.
var deprecated = map[string]bool{}

func ofLabel(i label.Instance) string {
	deprecated[i.Name] = i.Deprecated
	return i.Name
}

func ofAnnotation(i annotation.Instance) string {
	deprecated[i.Name] = i.Deprecated
	return i.Name
}

// Labels and annotations of others.
const (
	PartOf           = "app.kubernetes.io/part-of"
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
)
