package fn

import (
	"slices"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Keys that enmesh reads and writes.
const (
	injectKey       = "sidecar.istio.io/inject"
	nativeKey       = "sidecar.istio.io/nativeSidecar"
	revisionKey     = "istio.io/rev"
	templatesKey    = "inject.istio.io/templates"
	proxyConfigKey  = "proxy.istio.io/config"
	injectionKey    = "istio-injection"
	dataplaneKey    = "istio.io/dataplane-mode"
	enrollKey       = "enmesh.dev/enroll"
	hookKey         = "helm.sh/hook"
	localConfigKey  = "config.kubernetes.io/local-config"
	helmFileKey     = "postrenderer.helm.sh/postrender-filename"
	proxyContainer  = "istio-proxy"
	socketVolume    = "workload-socket"
	socketFileEnv   = "WORKLOAD_IDENTITY_SOCKET_FILE"
	workloadAPIEnv  = "SPIFFE_ENDPOINT_SOCKET"
	workloadAPIName = "spiffe-workload-api"
)

// ignoredNamespaces are those in which Istio's injector never acts (pkg/kube/inject, IgnoredNamespaces).
var ignoredNamespaces = []string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

// decide says whether a pod is to be enrolled. It returns "" for yes, else why not. The first row that holds decides:
//
//	1  object is local configuration                                   LocalConfig
//	2  pod label sidecar.istio.io/inject "false", or the annotation
//	   where there is no label; or annotation enmesh.dev/enroll
//	   "false" on workload or pod                                      OptedOut
//	3  spec.exclude matches                                            Excluded
//	4  not selected: neither all, nor a target that matches, nor
//	   (without all and targets) a mark                                NotSelected
//	5  Helm hook without a mark, and hooks are skipped                 HelmHook
//	6  hostNetwork                                                     HostNetwork
//	7  namespace that Istio ignores                                    IgnoredNamespace
//	8  namespace in the streams that disables injection                NamespaceInjectionDisabled
//	9  otherwise                                                       enroll
func (t *Transformer) decide(p pod, facts facts) Reason {
	switch {
	case p.isLocalConfig():
		return LocalConfig
	case p.optsOut():
		return OptedOut
	case matchAny(t.exclude, p):
		return Excluded
	case !t.selects(p):
		return NotSelected
	case p.annotation(hookKey) != "" && t.spec.Hooks != EnrollHooks && !t.isMarked(p):
		return HelmHook
	case text(yamledit.Lookup(p.spec(), "hostNetwork")) == "true":
		return HostNetwork
	case slices.Contains(ignoredNamespaces, p.ref.Namespace):
		return IgnoredNamespace
	case facts.namespaces[p.ref.Namespace].turnsOff():
		return NamespaceInjectionDisabled
	}
	return ""
}

// selects is row 4.
func (t *Transformer) selects(p pod) bool {
	if t.spec.All {
		return true
	}
	if len(t.targets) > 0 {
		return matchAny(t.targets, p)
	}
	return t.isMarked(p)
}

// isMarked says whether the pod, or its workload, asks to be in the mesh.
func (t *Transformer) isMarked(p pod) bool {
	identity := t.spec.IdentityLabel
	return text(p.podLabel(injectKey)) == "true" || p.label(injectKey) == "true" ||
		text(p.podLabel(identity.Key)) == identity.Value || p.label(identity.Key) == identity.Value ||
		text(p.podAnnotation(enrollKey)) == "true" || p.annotation(enrollKey) == "true"
}

// optsOut is row 2. As in Istio's injector, the label wins over the annotation.
func (p pod) optsOut() bool {
	inject := p.podLabel(injectKey)
	if inject == nil {
		inject = p.podAnnotation(injectKey)
	}
	return text(inject) == "false" || text(p.podAnnotation(enrollKey)) == "false" || p.annotation(enrollKey) == "false"
}

// isLocalConfig is row 1: any value but "false" keeps an object away from the cluster, as kpt has it.
func (o object) isLocalConfig() bool {
	local := yamledit.Lookup(yamledit.Lookup(yamledit.Lookup(o.node, "metadata"), "annotations"), localConfigKey)
	return local != nil && text(local) != "false"
}
