package config

// APIVersion and Kind of the one configuration type.
const (
	APIVersion = "enmesh.dev/v1alpha1"
	Kind       = "MeshEnrollment"
)

// MeshEnrollment says which pods join the mesh and how. It comes from a file (`enmesh --config`), from flags, or from a KRM
// functionConfig. Decode reads one strictly.
type MeshEnrollment struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata,omitempty"`

	// Spec holds the settings.
	Spec MeshEnrollmentSpec `json:"spec,omitempty"`
}

// MeshEnrollmentSpec holds the settings. The zero value enrolls the pods that are marked for enrollment, with the templates
// `spire` and `spire-gw`.
type MeshEnrollmentSpec struct {
	// Mode is what to do with the selected pods. Default: Enroll.
	Mode Mode `json:"mode,omitempty"`

	// Preset names what a distribution or a chart chose: seed (the default), istio-docs, spire-chart or ztwim. It sets the fields of this
	// configuration that are not set, of those that differ between them: the managed-identity label, the templates, the socket file and the
	// class name.
	Preset string `json:"preset,omitempty"`

	// All selects every pod. It cannot be used together with Targets.
	All bool `json:"all,omitempty"`
	// Targets selects the pods of the workloads that match one of these. Group, version, kind, name and namespace are
	// anchored regular expressions, as in kustomize; labels match against the workload's or its pod template's.
	// Without All and Targets, the pods that are marked for enrollment are selected.
	Targets []Selector `json:"targets,omitempty"`
	// Exclude overrides All, Targets and marks for enrollment.
	Exclude []Selector `json:"exclude,omitempty"`
	// Gateways selects Istio gateways that enmesh cannot recognize by their templates or image.
	Gateways []Selector `json:"gateways,omitempty"`
	// Hooks says whether Helm hooks are enrolled like other workloads. Default: Skip.
	Hooks HookPolicy `json:"hooks,omitempty"`

	// Namespace is the namespace of objects without metadata.namespace.
	Namespace string `json:"namespace,omitempty"`
	// TrustDomain is the SPIFFE trust domain of the mesh. The report uses it in identities, and istiod's mesh configuration gets it.
	TrustDomain string `json:"trustDomain,omitempty"`
	// Revision, if set, is the value of the pod label istio.io/rev.
	Revision string `json:"revision,omitempty"`

	// IdentityLabel is the pod label by which SPIRE's controller manager finds pods to register.
	// Default: spire-managed-identity: "true".
	IdentityLabel IdentityLabel `json:"identityLabel,omitempty"`
	// Templates are the injection templates that pods request from istiod.
	Templates Templates `json:"templates,omitempty"`
	// WorkloadSocket says how pods mount the SPIFFE CSI driver.
	WorkloadSocket WorkloadSocket `json:"workloadSocket,omitempty"`
	// WorkloadAPI, if set, also mounts the SPIFFE Workload API into the application's own containers.
	WorkloadAPI *WorkloadAPI `json:"workloadAPI,omitempty"`

	// PeerAuthentication, if set to STRICT, adds a PeerAuthentication for the pods of each enrolled workload.
	PeerAuthentication string `json:"peerAuthentication,omitempty"`
	// PeerAuthenticationVersion is the version of its API: v1 (the default) or v1beta1.
	PeerAuthenticationVersion string `json:"peerAuthenticationVersion,omitempty"`
	// ClusterSPIFFEID, if set, adds a ClusterSPIFFEID, by which SPIRE registers the enrolled pods.
	ClusterSPIFFEID *ClusterSPIFFEID `json:"clusterSPIFFEID,omitempty"`

	// PodTemplates adds custom kinds that hold a pod template.
	PodTemplates []PodTemplate `json:"podTemplates,omitempty"`

	// Strict makes warnings fail the job, and errors in every mode.
	Strict bool `json:"strict,omitempty"`
	// Cluster lists files and folders with manifests of what is in the cluster already, as `kubectl get -o yaml` writes them: they are read
	// for their facts only. They are relative to the file of the configuration. A KRM function takes such manifests as items that are local
	// configuration.
	Cluster []string `json:"cluster,omitempty"`
	// NoAssumptions makes a check fail if a verdict on a selected pod takes something for granted.
	NoAssumptions bool `json:"noAssumptions,omitempty"`
	// Accept lists the reasons of findings and verdicts that fail nothing.
	Accept []string `json:"accept,omitempty"`
}

// Mode is what enmesh does with the selected pods.
type Mode string

const (
	// Enroll adds the mesh settings.
	Enroll Mode = "Enroll"
	// Check changes nothing: a selected pod that is not enrolled is an error result.
	Check Mode = "Check"
	// Unenroll removes the mesh settings.
	Unenroll Mode = "Unenroll"
)

// HookPolicy says what happens to workloads with the annotation helm.sh/hook that are not marked for enrollment.
type HookPolicy string

const (
	SkipHooks   HookPolicy = "Skip"
	EnrollHooks HookPolicy = "Enroll"
)

// IdentityLabel is the managed-identity label's key and value.
type IdentityLabel struct {
	// Key of the label. Default: spire-managed-identity.
	Key string `json:"key,omitempty"`
	// Value of the label. Default: "true".
	Value string `json:"value,omitempty"`
}

// Templates are names of injection templates, in the order in which istiod applies them; the first is the base.
type Templates struct {
	// Sidecar lists the templates of pods with a sidecar. Default: sidecar, spire.
	Sidecar []string `json:"sidecar,omitempty"`
	// Gateway lists the templates of gateways. Default: gateway, spire-gw.
	Gateway []string `json:"gateway,omitempty"`
}

// SocketProvider says who writes the volume workload-socket into the pod.
type SocketProvider string

const (
	// TemplateSocket: istiod's templates spire and spire-gw add it.
	TemplateSocket SocketProvider = "Template"
	// PodSocket: enmesh writes the volume into the pod, which requires no change to istiod.
	PodSocket SocketProvider = "Pod"
)

// WorkloadSocket configures the volume by which istio-proxy reaches SPIRE.
type WorkloadSocket struct {
	// Provider says who writes the volume into the pod: istiod's Template, or enmesh (Pod). Default: Template.
	Provider SocketProvider `json:"provider,omitempty"`
	// File, if set, is the name of the socket file in the volume. With any name other than `socket`, Istio's agent does not
	// start without SPIRE. With that name it starts, and gets no certificate or, where it can write to the volume, one of istiod's.
	File string `json:"file,omitempty"`
	// CSI is the volume's source. Default: driver csi.spiffe.io, readOnly true.
	CSI *CSIVolumeSource `json:"csi,omitempty"`
}

// WorkloadAPI configures the mount of the SPIFFE Workload API in the application's own containers.
type WorkloadAPI struct {
	// MountPath is the directory. Default: /spiffe-workload-api.
	MountPath string `json:"mountPath,omitempty"`
	// File is the socket's file name in it. Default: spire-agent.sock.
	File string `json:"file,omitempty"`
}

// ClusterSPIFFEID configures the object by which SPIRE's controller manager registers the enrolled pods.
type ClusterSPIFFEID struct {
	// Name of the object. Default: enmesh.
	Name string `json:"name,omitempty"`
	// ClassName is the class of the controller manager. In SPIRE's chart it is <namespace>-<release>, and the controller
	// manager ignores objects without a class unless watchClassless is set.
	ClassName string `json:"className,omitempty"`
	// Hint goes into the registration entries.
	Hint string `json:"hint,omitempty"`
	// SPIFFEIDTemplate renders the SPIFFE IDs. Default: the only form that Istio accepts.
	SPIFFEIDTemplate string `json:"spiffeIDTemplate,omitempty"`
	// FederatesWith lists the other trust domains that the pods trust. SPIRE's server must have the bundle of each.
	FederatesWith []string `json:"federatesWith,omitempty"`
}

// PodTemplate says where objects of a custom kind have their pod template. Its fields are those of kustomize's FieldSpec, and MetadataOnly.
type PodTemplate struct {
	// Group is the API group of the objects. Without one, any group.
	Group string `json:"group,omitempty"`
	// Version is the API version of the objects. Without one, any version.
	Version string `json:"version,omitempty"`
	// Kind of the objects.
	Kind string `json:"kind,omitempty"`
	// Path is where the pod template is: keys separated by slashes, such as spec/podTemplate or spec/jobs[]/template.
	Path string `json:"path,omitempty"`
	// CreateIfNotPresent says whether to create what the path names if the object does not have it.
	CreateIfNotPresent bool `json:"create,omitempty"`
	// MetadataOnly says that the path leads only to the metadata of a pod, as spec/podMetadata of an Argo Workflow does.
	MetadataOnly bool `json:"metadataOnly,omitempty"`
}
