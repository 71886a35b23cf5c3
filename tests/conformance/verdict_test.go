package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"istio.io/istio/pilot/pkg/features"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/identity"
	"enmesh.dev/enmesh/fn/verdict/injection"
)

const (
	proxy       = "istio-proxy"
	socket      = "workload-socket"
	socketMount = "/var/run/secrets/workload-spiffe-uds" // where Istio's agent looks for SPIRE
	socketFile  = "WORKLOAD_IDENTITY_SOCKET_FILE"
	driver      = "csi.spiffe.io"
)

// fate is what becomes of a pod.
type fate struct {
	verdict  outcome.Verdict
	why      error
	injected *corev1.Pod
}

// fateOf creates a pod in the cluster and looks at what comes out.
func (c cluster) fateOf(t *testing.T, s subject) fate {
	t.Helper()
	if s.refused != nil {
		return fate{verdict: outcome.Refused, why: s.refused}
	}
	injected, ok, err := c.create(t, withToken(s.pod), s.namespace())
	switch {
	case err != nil:
		return fate{verdict: outcome.Refused, why: err}
	case waits(injected):
		return fate{verdict: outcome.Refused, why: errors.New("nobody fills in the image auto"), injected: injected}
	case !ok && bringsProxy(s.pod):
		if socketFlaw := socketFlaw(injected); socketFlaw != nil {
			return fate{verdict: outcome.IstiodCA, why: socketFlaw, injected: injected}
		}
		return fate{verdict: outcome.SPIRE, injected: injected}
	case !ok:
		return fate{verdict: outcome.Bare, why: errors.New("the injector does nothing"), injected: injected}
	}
	f := fate{injected: injected}
	brought := flaws(s.pod)
	var flaw []string
	for _, found := range flaws(injected) {
		if !slices.Contains(brought, found) {
			flaw = append(flaw, found)
		}
	}
	container, _ := proxyOf(injected)
	switch socketFlaw := socketFlaw(injected); {
	case flaw != nil:
		f.verdict, f.why = outcome.Refused, fmt.Errorf("%s", flaw)
	case errors.Is(socketFlaw, errWritable):
		f.verdict, f.why = outcome.Refused, socketFlaw
	case container.Name == "":
		f.verdict, f.why = outcome.Bare, errors.New("no "+proxy)
	case socketFlaw != nil:
		f.verdict, f.why = outcome.IstiodCA, socketFlaw
	default:
		f.verdict = outcome.SPIRE
	}
	return f
}

// withToken adds the volume that the API server adds to each pod before it calls the injector: into a list that is not empty, the injector
// merges its volumes by their names.
func withToken(pod *corev1.Pod) *corev1.Pod {
	if automount := pod.Spec.AutomountServiceAccountToken; automount != nil && !*automount {
		return pod
	}
	pod = pod.DeepCopy()
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "kube-api-access", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{}}})
	return pod
}

// difference is what enmesh says of a pod that is not so, or "".
func (c cluster) difference(t *testing.T, spec config.MeshEnrollmentSpec, s subject) string {
	t.Helper()
	f := c.fateOf(t, s)
	if !f.is(s.said) {
		return fmt.Sprintf("%s: enmesh says %s %s, Istio %s: %v", s.said.Outcome, s.said.Verdict, s.said.VerdictReason, f.verdict, f.why)
	}
	var broken error
	switch s.said.Outcome {
	case outcome.Enrolled, outcome.AlreadyEnrolled:
		if f.verdict == outcome.SPIRE && s.said.Verdict == outcome.SPIRE {
			broken = enrolledFlaw(spec, s, f.injected)
		}
	case outcome.HostNetwork, outcome.IgnoredNamespace, outcome.NamespaceInjectionDisabled:
		broken = c.hope(t, s)
	}
	if broken != nil {
		return fmt.Sprintf("%s: %v", s.said.Outcome, broken)
	}
	return ""
}

// is says whether enmesh's verdict foretold the fate.
func (f fate) is(said outcome.Pod) bool {
	switch said.VerdictReason {
	case injection.AmbientNamespace.Reason: // what ztunnel makes of a pod without a proxy
		return f.verdict == outcome.Bare
	case injection.ProxyTwice.Reason, injection.SidecarAlone.Reason, // what the API server says of the injected pod, and
		injection.UnknownRevision.Reason, injection.NoDefaultRevision.Reason: // which revisions there are: make test-live knows
		return true
	case identity.CredentialFiles.Reason, identity.WindowsNode.Reason, identity.SocketDriver.Reason: // what the proxy does once it starts, if it starts
		return f.verdict == outcome.SPIRE || f.verdict == outcome.IstiodCA
	}
	if said.VerdictReason == identity.SocketMissing.Reason { // with such a name, the agent does not start (istio.io/istio, pkg/istio-agent)
		container, _ := proxyOf(f.injected)
		return f.verdict == outcome.IstiodCA && !slices.Contains([]string{"", "socket"}, strings.Join(env(container, socketFile), ""))
	}
	if said.Verdict == outcome.Unregistered { // what SPIRE does, and not the injector
		return f.verdict == outcome.SPIRE
	}
	return f.verdict == said.Verdict
}

// enrolledFlaw is what enrollment promises of a pod with an identity from SPIRE, and does not keep.
func enrolledFlaw(spec config.MeshEnrollmentSpec, s subject, injected *corev1.Pod) error {
	for key, value := range s.pod.Labels {
		if injected.Labels[key] != value {
			return fmt.Errorf("label %s is %q", key, injected.Labels[key])
		}
	}
	driver := driver
	if spec.WorkloadSocket.CSI != nil {
		driver = spec.WorkloadSocket.CSI.Driver
	}
	for _, v := range injected.Spec.Volumes {
		if v.Name == socket && (v.CSI == nil || v.CSI.Driver != driver && !has(s.said, identity.SocketDriver.Reason)) {
			return fmt.Errorf("volume %s is %v", socket, v)
		}
	}
	container, native := proxyOf(injected)
	if native != wantsNative(s) && !mixes(s) {
		return fmt.Errorf("a native sidecar: %v", native)
	}
	if file := spec.WorkloadSocket.File; file != "" && !has(s.said, injection.SocketFileDiffers.Reason) && !slices.Equal(env(container, socketFile), []string{file}) {
		return fmt.Errorf("%s is %q", socketFile, env(container, socketFile))
	}
	if spec.TrustDomain == "" {
		return nil
	}
	if domain := env(container, "TRUST_DOMAIN"); !slices.Equal(domain, []string{spec.TrustDomain}) {
		return fmt.Errorf("the trust domain is %q", domain)
	}
	account := injected.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	identity := fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", spec.TrustDomain, s.namespace(), account)
	if s.said.Resource.Namespace != "" && !strings.HasSuffix(s.said.SPIFFEID, ">") && s.said.SPIFFEID != identity {
		return fmt.Errorf("the identity is %s, enmesh says %s", identity, s.said.SPIFFEID)
	}
	return nil
}

// wantsNative says whether the pod's proxy is to be a native sidecar: only Istio's template for sidecars makes one.
func wantsNative(s subject) bool {
	switch native := s.pod.Annotations["sidecar.istio.io/nativeSidecar"]; {
	case s.said.Role == outcome.Gateway || native == "false", strings.Contains(s.pod.Annotations["inject.istio.io/templates"], "grpc-agent"):
		return false
	default: // Istio's template takes any other value for true
		return native != "" || features.EnableNativeSidecars == features.NativeSidecarModeEnabled
	}
}

// mixes says whether the pod is of both templates: what comes out is one or the other's, by their order.
func mixes(s subject) bool {
	templates := s.pod.Annotations["inject.istio.io/templates"]
	return strings.Contains(templates, "gateway") && strings.Contains(templates, "sidecar")
}

func has(p outcome.Pod, reason outcome.Reason) bool {
	return slices.ContainsFunc(p.Findings, func(f outcome.Finding) bool { return f.Reason == reason })
}

// hope says that a pod which enmesh gave up on could have been injected.
func (c cluster) hope(t *testing.T, s subject) error {
	t.Helper()
	pod := s.pod.DeepCopy()
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	pod.Labels["sidecar.istio.io/inject"] = "true"
	if _, injected, err := c.create(t, pod, s.namespace()); injected || err != nil {
		return errors.New("with the label sidecar.istio.io/inject it is injected")
	}
	return nil
}
