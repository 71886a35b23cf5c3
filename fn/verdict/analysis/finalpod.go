package analysis

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/yamledit"
)

// FinalPod is a pod of the output: the pod of the input, with what enrollment adds to it.
type FinalPod struct {
	manifest.PodTemplate
	Enroller *enroll.Enroller
	Facts    *mesh.Facts
	Ways     *reach.Index // who calls pods, or nil if it does not matter
	Decided  outcome.Pod  // what was decided so far; it has a verdict only at the stage JudgedPods
	Plan     *enroll.Plan // what enrollment adds, or nil
	Kept     []enroll.Kept
	// NotInjected is the reason if the pod is not injected, or "".
	NotInjected outcome.Reason

	findings    []reported
	policy      *gated
	registers   *Registrations
	socket      *SocketVolume
	proxyConfig *proxyConfig
}

// gated is the PeerAuthentication that is added for the pod, or why none is.
type gated struct {
	added *enroll.Addition
	gate  enroll.Gate
}

// NewFinalPod returns the pod of the output, from the pod of the input and the plan of its enrollment, or nil. In the mode Check the
// two pods are the same.
func NewFinalPod(p manifest.PodTemplate, decided outcome.Pod, plan *enroll.Plan, e *enroll.Enroller, facts *mesh.Facts, ways *reach.Index) *FinalPod {
	final := &FinalPod{PodTemplate: p, Enroller: e, Facts: facts, Ways: ways, Decided: decided, Plan: plan}
	if plan != nil {
		final.Kept = plan.Kept
	}
	if e.Spec.Mode == config.Check {
		final.Plan = nil
	}
	final.NotInjected = final.whyNotInjected()
	return final
}

// Config returns the configuration.
func (p *FinalPod) Config() *config.MeshEnrollmentSpec { return &p.Enroller.Spec }

// FinalLabel returns the value of a label of the pod in the output, or "".
func (p *FinalPod) FinalLabel(name string) string {
	if value, ok := p.Plan.Label(name); ok {
		return value
	}
	return yamledit.Text(p.PodLabel(name))
}

// FinalAnnotation returns the value of an annotation of the pod in the output, or "".
func (p *FinalPod) FinalAnnotation(name string) string {
	if value, ok := p.Plan.Annotation(name); ok {
		return value
	}
	return yamledit.Text(p.PodAnnotation(name))
}

// FinalLabels returns the labels of the pod in the output.
func (p *FinalPod) FinalLabels() map[string]string {
	labels := manifest.StringMap(yamledit.Lookup(p.Metadata(), "labels"))
	if labels == nil {
		labels = map[string]string{}
	}
	for _, e := range p.Plan.Labels() {
		labels[e.Key] = e.Value.Value
	}
	return labels
}

// IsFinalGateway says whether the pod is a gateway in the output.
func (p *FinalPod) IsFinalGateway() bool {
	return p.Decided.Role == outcome.Gateway || p.Enroller.Role(p.PodTemplate) == outcome.Gateway
}

// IsSelected says whether the pod is selected and can be enrolled.
func (p *FinalPod) IsSelected() bool { return p.Decided.Role != "" }

// FinalTemplates returns the templates that the injector applies, from the annotation or from istiod's default, with empty names.
// The second value says whether they are from the annotation.
func (p *FinalPod) FinalTemplates() (names []string, asked bool) {
	if annotation := p.FinalAnnotation(keys.Templates); annotation != "" || p.PodAnnotation(keys.Templates) != nil {
		names := strings.Split(annotation, ",")
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		return names, true
	}
	if injector := p.Injector(); injector != nil && len(injector.Defaults) > 0 {
		return injector.Defaults, false
	}
	return []string{keys.SidecarTemplate}, false
}

// whyNotInjected returns the reason if the pod is not injected, or "". The API server selects the pods for the injector by labels
// of the namespace and of the pod, and the injector checks again. The first row that applies decides:
//
//	1  pod on the host's network                                  HostNetwork
//	2  namespace that Istio ignores                               IgnoredNamespace
//	3  inject "false": the label, or the annotation without one,
//	   or what istiod makes of a Gateway                          OptedOut
//	4  namespace: istio-injection with any value but enabled      NamespaceInjectionDisabled
//	5  namespace: istio-injection enabled, or istio.io/rev        "" (injected)
//	6  pod label inject "true", or istio.io/rev                   "" (injected)
//	7  otherwise                                                  the outcome
func (p *FinalPod) whyNotInjected() outcome.Reason {
	namespace := p.Namespace()
	switch {
	case p.IsOnHostNetwork():
		return outcome.HostNetwork
	case slices.Contains(keys.IgnoredNamespaces, p.Ref.Namespace):
		return outcome.IgnoredNamespace
	case p.RefusesInjection(), p.IsMade: // istiod's template says no
		return outcome.OptedOut
	case namespace.DisablesInjection():
		return outcome.NamespaceInjectionDisabled
	case namespace.EnablesInjection(), p.FinalLabel(keys.Inject) == "true", p.FinalLabel(keys.Revision) != "":
		return ""
	}
	return p.Decided.Outcome
}

// RefusesInjection says whether the pod says no to the injector: by the label or, without one, by the annotation.
func (p *FinalPod) RefusesInjection() bool {
	inject := p.FinalLabel(keys.Inject)
	return inject == "false" || inject == "" && p.PodLabel(keys.Inject) == nil && p.FinalAnnotation(keys.Inject) == "false"
}

// BringsProxy says whether the pod is not injected and runs a proxy all the same: one of Istio's older gateway charts, or one that
// `istioctl kube-inject` wrote. Istio's agent runs a proxy if its first argument is proxy, and the second says of which kind.
func (p *FinalPod) BringsProxy() bool {
	proxy, _ := p.Proxy()
	image := yamledit.Text(yamledit.Lookup(proxy, "image"))
	return p.NotInjected != "" && image != "" && image != "auto" && slices.ContainsFunc(yamledit.Items(yamledit.Lookup(proxy, "args")), isProxyKind)
}

func isProxyKind(argument *yaml.Node) bool {
	return slices.Contains([]string{"sidecar", "router"}, yamledit.Text(argument))
}

// IsAmbient says whether a pod without a sidecar is in the ambient mesh, where ztunnel carries its traffic.
func (p *FinalPod) IsAmbient() bool {
	if p.IsOnHostNetwork() {
		return false
	}
	switch p.FinalLabel(keys.DataplaneMode) {
	case "ambient":
		return true
	case "none":
		return false
	}
	return p.Namespace().Ambient
}

// PeerAuthentication is the object to add for the pod, or nil, and why not. Ask only for a pod that is judged.
func (p *FinalPod) PeerAuthentication() (*enroll.Addition, enroll.Gate) {
	if p.policy == nil {
		p.policy = &gated{}
		p.policy.added, p.policy.gate = p.Enroller.PeerAuthentication(p.PodTemplate, p.Decided, p.FinalLabels(), p.Facts, p.Ways)
	}
	return p.policy.added, p.policy.gate
}
