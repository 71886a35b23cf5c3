package fn

// The findings: a pod, or another object, may have any number. What each means and what to do about it stands in known.
const (
	// Outside the mesh.
	AmbientNamespace Reason = "AmbientNamespace"

	// Labels and annotations.
	MarkOnWorkload  Reason = "MarkOnWorkload"
	InjectConflict  Reason = "InjectConflict"
	AnnotationOnly  Reason = "AnnotationOnly"
	InjectValue     Reason = "InjectValue"
	NotAString      Reason = "NotAString"
	ImageAuto       Reason = "ImageAuto"
	AlreadyInjected Reason = "AlreadyInjected"

	// Namespace and revision.
	RevisionDiffers   Reason = "RevisionDiffers"
	RevisionIgnored   Reason = "RevisionIgnored"
	UnknownRevision   Reason = "UnknownRevision"
	NoDefaultRevision Reason = "NoDefaultRevision"
	PodSecurity       Reason = "PodSecurity"

	// Injection templates.
	TemplateMissing       Reason = "TemplateMissing"
	TemplateNameEmpty     Reason = "TemplateNameEmpty"
	TemplateUnknown       Reason = "TemplateUnknown"
	TemplateRole          Reason = "TemplateRole"
	NoBaseTemplate        Reason = "NoBaseTemplate"
	IstiodIdentity        Reason = "IstiodIdentity"
	NoSPIRETemplate       Reason = "NoSPIRETemplate"
	GatewayClassTemplate  Reason = "GatewayClassTemplate"
	ProxyTwice            Reason = "ProxyTwice"
	NativeSidecarMismatch Reason = "NativeSidecarMismatch"

	// The workload socket.
	SocketClash           Reason = "SocketClash"
	SocketWritable        Reason = "SocketWritable"
	SocketNotMounted      Reason = "SocketNotMounted"
	SocketDriver          Reason = "SocketDriver"
	SocketMountOverridden Reason = "SocketMountOverridden"
	SocketFileDiffers     Reason = "SocketFileDiffers"
	CredentialFiles       Reason = "CredentialFiles"
	IstiodFallback        Reason = "IstiodFallback"

	// The proxy, and the traffic around it.
	InvalidAnnotation      Reason = "InvalidAnnotation"
	InvalidPrometheusPort  Reason = "InvalidPrometheusPort"
	BootstrapOverride      Reason = "BootstrapOverride"
	HoldApplication        Reason = "HoldApplication"
	RunsAsProxy            Reason = "RunsAsProxy"
	PortTaken              Reason = "PortTaken"
	InterceptionOff        Reason = "InterceptionOff"
	TrafficExcluded        Reason = "TrafficExcluded"
	MeshItself             Reason = "MeshItself"
	CustomKind             Reason = "CustomKind"
	WindowsNode            Reason = "WindowsNode"
	SandboxedRuntime       Reason = "SandboxedRuntime"
	SharedProcessNamespace Reason = "SharedProcessNamespace"
	JobNeverCompletes      Reason = "JobNeverCompletes"
	JobImmutable           Reason = "JobImmutable"

	// Identity and registration.
	DefaultServiceAccount  Reason = "DefaultServiceAccount"
	NoClusterSPIFFEID      Reason = "NoClusterSPIFFEID"
	ClusterSPIFFEIDOverlap Reason = "ClusterSPIFFEIDOverlap"
	RegistrationIgnored    Reason = "RegistrationIgnored"
	StrictWithheld         Reason = "StrictWithheld"

	// Objects that are no pods.
	ClusterSPIFFEIDTwice    Reason = "ClusterSPIFFEIDTwice"
	ClassNameMissing        Reason = "ClassNameMissing"
	ClassNameDiffers        Reason = "ClassNameDiffers"
	ClassLabelDiffers       Reason = "ClassLabelDiffers"
	AgentSocketDiffers      Reason = "AgentSocketDiffers"
	DriverDiffers           Reason = "DriverDiffers"
	DriverProfile           Reason = "DriverProfile"
	SPIFFEIDShape           Reason = "SPIFFEIDShape"
	TrustDomainDiffers      Reason = "TrustDomainDiffers"
	TemplateMountsContainer Reason = "TemplateMountsContainer"
	TemplateWithoutSocket   Reason = "TemplateWithoutSocket"
	TemplateEmptyDir        Reason = "TemplateEmptyDir"
	TemplateLabelsIgnored   Reason = "TemplateLabelsIgnored"
	SelectorInRootNamespace Reason = "SelectorInRootNamespace"
	StrictSelectsNothing    Reason = "StrictSelectsNothing"
	StrictOutsideMesh       Reason = "StrictOutsideMesh"
	MTLSDisabled            Reason = "MTLSDisabled"
	PlaintextDestination    Reason = "PlaintextDestination"
	GatewayAPI              Reason = "GatewayAPI"
	GatewayCertificateFiles Reason = "GatewayCertificateFiles"
)
