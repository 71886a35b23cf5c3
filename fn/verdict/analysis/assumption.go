package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// assumption is what a verdict may take for granted.
type assumption struct {
	name     string
	verdicts []outcome.Verdict // that take it for granted
	// unknown returns what is assumed, or nothing if a manifest shows it, or if the pod does not depend on it.
	unknown func(*FinalPod) []string
}

var (
	injected   = []outcome.Verdict{outcome.SPIRE, outcome.IstiodCA, outcome.Unregistered}
	registered = []outcome.Verdict{outcome.SPIRE}
)

// assumptions, from the pod to the cluster.
var assumptions = []assumption{
	{"IstiodInjects", injected, assumedIstiod},
	{"GatewayOverlays", registered, assumedOverlays},
	{"TemplateExists", append(slices.Clone(injected), outcome.Refused), assumedTemplates},
	{"NamespaceInjects", injected, assumedInjection},
	{"NamespaceDoesNotInject", []outcome.Verdict{outcome.Bare}, assumedNoInjection},
	{"NativeSidecars", []outcome.Verdict{outcome.Refused}, assumedNative},
	{"DriverInstalled", registered, assumedDriver},
	{"SocketName", registered, assumedSocket},
	{"PodRegistered", registered, assumedRegistration},
	{"TrustDomain", registered, assumedTrustDomain},
}

// AssumptionNames lists the names of all assumptions.
func AssumptionNames() []string {
	var names []string
	for _, a := range assumptions {
		names = append(names, a.name)
	}
	return names
}

// Assumptions returns what the verdict on the pod takes for granted. Ask only for a pod that is judged.
func (p *FinalPod) Assumptions() []outcome.Assumption {
	var all []outcome.Assumption
	for _, a := range assumptions {
		if !slices.Contains(a.verdicts, p.Decided.Verdict) {
			continue
		}
		for _, message := range a.unknown(p) {
			all = append(all, outcome.Assumption{Name: a.name, Message: message})
		}
	}
	return all
}

func assumedIstiod(p *FinalPod) []string {
	revision := p.Revision()
	switch {
	case p.BringsProxy() || p.Injector() != nil || p.Facts.HasWebhook(revision):
		return nil
	case revision == mesh.DefaultRevision:
		return []string{"istiod injects pods without a revision"}
	}
	return []string{"istiod injects pods of the revision " + revision}
}

// assumedOverlays is about the pods that istiod makes of a Gateway: the overlay gives them the volume. Before Istio 1.31 it must also remove
// the type that istiod's template gives it.
func assumedOverlays(p *FinalPod) []string {
	g := gatewayapi.Gateway{Object: p.Object}
	if !p.IsMade || p.Facts.IstioVersion(p.Revision()).IsKnown() {
		return nil
	}
	first := gatewayapi.FirstWithOverlays
	if overlay, known := p.Facts.Overlay(g); known && overlay.Volume != nil && !slices.Contains(yamledit.Keys(overlay.Volume), "emptyDir") {
		first = gatewayapi.FirstToMerge
	}
	return []string{fmt.Sprintf("istiod is of version %s or later, and makes pods of Gateways", first)}
}

func assumedTemplates(p *FinalPod) []string {
	names, _ := p.FinalTemplates()
	if p.NotInjected != "" || p.Injector() != nil {
		return nil
	}
	var missing []string
	for _, name := range names {
		if !slices.Contains(keys.PodTemplates, name) && name != "" {
			missing = append(missing, "istiod has the template "+name)
		}
	}
	return missing
}

func assumedInjection(p *FinalPod) []string {
	if p.NotInjected != "" || p.Facts.HasNamespace(p.Ref.Namespace) {
		return nil
	}
	return []string{fmt.Sprintf("the namespace %s does not disable injection", cmp.Or(p.Ref.Namespace, "of the pod"))}
}

func assumedNoInjection(p *FinalPod) []string {
	if p.NotInjected == "" || p.NotInjected != p.Decided.Outcome || p.NotInjected.StaysOutside() && p.NotInjected != outcome.SocketVolumeInUse ||
		p.IsOnHostNetwork() || p.RefusesInjection() || p.Facts.HasNamespace(p.Ref.Namespace) {
		return nil
	}
	return []string{fmt.Sprintf("the namespace %s does not turn on injection", cmp.Or(p.Ref.Namespace, "of the pod"))}
}

// nativeReasons are those for which a pod is refused only where sidecars are native.
var nativeReasons = []outcome.Reason{"ProxyTwice", "SidecarAlone", "NativeSidecarMismatch"}

func assumedNative(p *FinalPod) []string {
	if _, known := p.Facts.NativeSidecars(); known || !slices.Contains(nativeReasons, p.Decided.VerdictReason) || p.FinalNativeSidecar() != nil {
		return nil
	}
	return []string{"istiod makes sidecars native, which it does where every kubelet is 1.33 or later"}
}

func assumedDriver(p *FinalPod) []string {
	s := p.SocketVolume()
	driver := s.CSI.Driver
	if !s.Sources["csi"] || slices.Contains(p.Facts.Drivers, driver) {
		return nil
	}
	return []string{"the CSI driver " + driver + " is installed"}
}

func assumedSocket(p *FinalPod) []string {
	if len(p.Facts.AgentSockets()) > 0 {
		return nil
	}
	return []string{"SPIRE's agent calls its socket " + cmp.Or(p.FinalSocketFile(), mesh.DefaultSocketFile)}
}

func assumedRegistration(p *FinalPod) []string {
	r, label := p.Registrations(), p.Config().IdentityLabel
	if len(r.Certain) > 0 {
		if _, known := p.Facts.RefusesEntries(r.Certain[0]); !known {
			return []string{"SPIRE has the bundles of the trust domains that the entries federate with: " + strings.Join(r.Certain[0].FederatesWith, ", ")}
		}
	}
	switch {
	case r.Assumed:
		return []string{fmt.Sprintf("a ClusterSPIFFEID registers pods with the label %s=%s", label.Key, label.Value)}
	case len(r.Certain) == 0 && len(r.Possible) > 0:
		return []string{fmt.Sprintf("the ClusterSPIFFEID %s selects the namespace %s", r.Possible[0].Name, cmp.Or(p.Ref.Namespace, "of the pod"))}
	case p.Facts.ControllerManager == nil:
		return []string{fmt.Sprintf("SPIRE's controller manager handles the ClusterSPIFFEID %s", r.Certain[0].Name)}
	}
	return nil
}

func assumedTrustDomain(p *FinalPod) []string {
	if p.Facts.HasSettings(p.Facts.ResolveTag(p.Revision())) && p.Facts.TrustDomain("") != "" {
		return nil // they are compared: TrustDomainDiffers
	}
	if domain := p.Facts.TrustDomain(p.Config().TrustDomain); domain != "" {
		return []string{"the trust domain of istiod and of SPIRE is " + domain}
	}
	return []string{"istiod and SPIRE have the same trust domain"}
}
