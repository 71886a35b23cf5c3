package fn

import (
	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// knowledge is what is always true of a reason.
type knowledge struct {
	severity Severity
	message  string
	remedy   string
}

// known has a row for every reason that is a finding.
var known = map[Reason]knowledge{
	HostNetwork: {Warning, "Istio never injects a pod on the host's network, so it stays outside the mesh",
		"remove hostNetwork, or exclude the workload"},
	IgnoredNamespace: {Warning, "Istio never injects a pod in this namespace, so it stays outside the mesh",
		"move the workload to another namespace, or exclude it"},
	NamespaceInjectionDisabled: {Warning, "the pod's Namespace turns injection off, so the pod stays outside the mesh",
		"remove the label istio-injection from the Namespace, or exclude the workload"},
	MarkOnWorkload: {Warning, "a label of the mesh on the workload has no effect: Istio and SPIRE look at the pod's labels",
		"move it to the pod template's labels"},
	InjectConflict: {Warning, "the label and the annotation sidecar.istio.io/inject disagree, and the label wins",
		"remove the annotation"},
	RevisionDiffers: {Warning, "the pod names another revision than the configured one, and keeps it",
		"remove the label istio.io/rev from the pod template"},
	SocketFileDiffers: {Warning, "the pod names another workload socket file than the configured one, and keeps it",
		"remove WORKLOAD_IDENTITY_SOCKET_FILE from the annotation proxy.istio.io/config"},
	JobNeverCompletes: {Warning, "without a native sidecar the job never completes, because the proxy keeps running",
		"set the annotation sidecar.istio.io/nativeSidecar to 'true'"},
	DefaultServiceAccount: {Info, "the service account is the namespace's default one, and so is the identity: others share it",
		"set serviceAccountName in the pod spec"},
	IstiodFallback: {Info, "if SPIRE's socket is not there when the proxy starts, it takes an identity from istiod's CA, in silence",
		"set spec.workloadSocket.file (--workload-socket-file) to a name other than socket"},
}

// finding describes a reason at a node of the document.
func finding(reason Reason, at *yaml.Node, field string) Finding {
	k := known[reason]
	f := Finding{Reason: reason, Severity: k.severity, Message: k.message, Field: field, Remedy: k.remedy}
	if at != nil {
		f.Line = at.Line
	}
	return f
}

func (e *enrollment) find(reason Reason, at *yaml.Node, field string) {
	e.findings = append(e.findings, finding(reason, at, field))
}

// obstacle is the finding that goes with an outcome which keeps a selected pod out of the mesh.
func (t *Transformer) obstacle(p pod, reason Reason) Finding {
	switch reason {
	case HostNetwork:
		return finding(reason, yamledit.Lookup(p.spec(), "hostNetwork"), join(p.specField(), "hostNetwork"))
	default:
		at := yamledit.Lookup(yamledit.Lookup(p.node, "metadata"), "namespace")
		if at == nil {
			return finding(reason, p.node, "")
		}
		return finding(reason, at, "metadata.namespace")
	}
}

// inspect finds what is doubtful about a pod that is to be in the mesh.
func (t *Transformer) inspect(p pod) []Finding {
	var findings []Finding
	add := func(reason Reason, at *yaml.Node, field string) {
		findings = append(findings, finding(reason, at, field))
	}
	if len(p.workload.path) > 0 {
		labels := yamledit.Lookup(yamledit.Lookup(p.node, "metadata"), "labels")
		for _, name := range []string{injectKey, t.spec.IdentityLabel.Key} {
			if at := yamledit.Lookup(labels, name); at != nil && p.podLabel(name) == nil {
				add(MarkOnWorkload, at, key("metadata.labels", name))
			}
		}
	}
	if annotation := p.podAnnotation(injectKey); annotation != nil && text(annotation) != "true" {
		add(InjectConflict, annotation, key(join(p.metadataField(), "annotations"), injectKey))
	}
	if !p.workload.MetadataOnly && p.serviceAccount() == "default" {
		add(DefaultServiceAccount, p.spec(), join(p.specField(), "serviceAccountName"))
	}
	if file := t.spec.WorkloadSocket.File; file == "" || file == "socket" {
		add(IstiodFallback, nil, "")
	}
	return findings
}

// sentence says the outcome.
func (p Pod) sentence() string {
	role := "a sidecar"
	if p.Role == Gateway {
		role = "a gateway"
	}
	switch p.Reason {
	case Enrolled:
		return "enrolled as " + role + ": " + p.SPIFFEID
	case AlreadyEnrolled:
		return "already enrolled as " + role + ": " + p.SPIFFEID
	case NotEnrolled:
		if p.Role == "" {
			return "bears no mesh settings"
		}
		return "selected and not enrolled"
	}
	return outcomes[p.Reason]
}

// outcomes are the sentences that do not depend on the pod.
var outcomes = map[Reason]string{
	Unenrolled:                 "unenrolled",
	NoPodTemplate:              "has no pod template",
	LocalConfig:                "is local configuration, which never reaches the cluster",
	OptedOut:                   "opts out of the mesh",
	Excluded:                   "is excluded",
	NotSelected:                "is not selected",
	HelmHook:                   "is a Helm hook; hooks are left alone unless they bear a mark or spec.hooks is Enroll",
	HostNetwork:                known[HostNetwork].message,
	IgnoredNamespace:           known[IgnoredNamespace].message,
	NamespaceInjectionDisabled: known[NamespaceInjectionDisabled].message,
}
