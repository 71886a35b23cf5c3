package conformance

import (
	"errors"
	"fmt"
	"path"
	"reflect"
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
		return fmt.Sprintf("%s: enmesh says %s %s, Istio %s: %v", s.said.Reason, s.said.Verdict, s.said.VerdictReason, f.verdict, f.why)
	}
	var broken error
	switch s.said.Reason {
	case outcome.Enrolled, outcome.AlreadyEnrolled:
		if f.verdict == outcome.SPIRE && s.said.Verdict == outcome.SPIRE {
			broken = enrolledFlaw(spec, s, f.injected)
		}
	case outcome.HostNetwork, outcome.IgnoredNamespace, outcome.NamespaceInjectionDisabled:
		broken = c.hope(t, s)
	}
	if broken != nil {
		return fmt.Sprintf("%s: %v", s.said.Reason, broken)
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
	case identity.OwnProxy.Reason: // what a proxy gets that the injector has not added
		return f.verdict == outcome.Bare
	case identity.CredentialFiles.Reason, identity.WindowsNode.Reason, identity.SocketDriver.Reason: // what the proxy does once it starts, if it starts
		return f.verdict == outcome.SPIRE || f.verdict == outcome.IstiodCA
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

// flaws are the reasons for which an API server refuses a pod, as far as a merge of a pod with a template can bring them
// about.
func flaws(pod *corev1.Pod) []string {
	var found []string
	flaw := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		if volumes[v.Name] {
			flaw("two volumes %s", v.Name)
		}
		volumes[v.Name] = true
		if types := sources(v); len(types) > 1 {
			flaw("volume %s: may not specify more than 1 volume type, has %v", v.Name, types)
		}
	}
	names := map[string]bool{}
	for _, c := range containers(pod) {
		if names[c.Name] {
			flaw("two containers %s", c.Name)
		}
		names[c.Name] = true
		if c.Image == "" {
			flaw("container %s has no image", c.Name)
		}
		paths := map[string]bool{}
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				flaw("container %s mounts %s, which is no volume", c.Name, m.Name)
			}
			if paths[m.MountPath] {
				flaw("container %s mounts two volumes at %s", c.Name, m.MountPath)
			}
			paths[m.MountPath] = true
		}
	}
	return found
}

// waits says whether a container still waits for its image: no registry has one that is called auto.
func waits(pod *corev1.Pod) bool {
	return slices.ContainsFunc(containers(pod), func(c corev1.Container) bool { return c.Image == "auto" })
}

// errWritable: the SPIFFE CSI driver refuses such a volume, and the pod never starts.
var errWritable = errors.New("volume " + socket + " is not read-only")

// socketFlaw is the reason for which the proxy of an injected pod does not find SPIRE, or nil.
func socketFlaw(pod *corev1.Pod) error {
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == socket })
	if i < 0 {
		return errors.New("no volume " + socket)
	}
	switch volume := pod.Spec.Volumes[i]; {
	case volume.CSI != nil && (volume.CSI.ReadOnly == nil || !*volume.CSI.ReadOnly):
		return errWritable
	case volume.CSI == nil && volume.HostPath == nil:
		return fmt.Errorf("volume %s is of the types %v", socket, sources(volume))
	}
	container, _ := proxyOf(pod)
	mounted := false
	for _, m := range container.VolumeMounts {
		switch path.Clean(m.MountPath) {
		case socketMount, strings.TrimPrefix(socketMount, "/var"): // /var/run is a link to /run
			if m.Name != socket {
				return fmt.Errorf("%s mounts %s at %s", proxy, m.Name, m.MountPath)
			}
			mounted = true
		}
	}
	if !mounted {
		return fmt.Errorf("%s does not mount %s", proxy, socket)
	}
	return nil
}

// sources are the types of a volume.
func sources(volume corev1.Volume) []string {
	var types []string
	source := reflect.ValueOf(volume.VolumeSource)
	for i := range source.NumField() {
		if !source.Field(i).IsNil() {
			types = append(types, source.Type().Field(i).Name)
		}
	}
	return types
}

func containers(pod *corev1.Pod) []corev1.Container {
	return slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers)
}

// proxyOf is the pod's proxy, and whether it is a native sidecar.
func proxyOf(pod *corev1.Pod) (c corev1.Container, native bool) {
	isProxy := func(c corev1.Container) bool { return c.Name == proxy }
	if i := slices.IndexFunc(pod.Spec.InitContainers, isProxy); i >= 0 {
		c = pod.Spec.InitContainers[i]
		return c, c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
	}
	if i := slices.IndexFunc(pod.Spec.Containers, isProxy); i >= 0 {
		c = pod.Spec.Containers[i]
	}
	return c, false
}

// env are the values that a container has for a variable.
func env(c corev1.Container, name string) []string {
	var values []string
	for _, e := range c.Env {
		if e.Name == name {
			values = append(values, e.Value)
		}
	}
	return values
}
