package analysis

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
)

// Registrations are what registers a pod with SPIRE.
type Registrations struct {
	// Certain are the ClusterSPIFFEIDs that certainly select the pod, and Possible those that may. The one that enrollment adds is
	// the first. One that is a fallback counts where no other selects the pod.
	Certain, Possible []mesh.ClusterSPIFFEID
	// Assumed says that no ClusterSPIFFEID is known, so that the cluster is assumed to have one that selects the managed-identity
	// label, and that the pod bears it.
	Assumed bool
}

// Registrations returns what registers the pod.
func (p *FinalPod) Registrations() *Registrations {
	if p.registers == nil {
		p.registers = p.findRegistrations()
	}
	return p.registers
}

// IsRegistered says whether SPIRE has an entry for the pod, or may have one.
func (r *Registrations) IsRegistered() bool { return len(r.Certain)+len(r.Possible) > 0 || r.Assumed }

func (p *FinalPod) findRegistrations() *Registrations {
	r := &Registrations{}
	if p.Facts.IgnoresNamespace(p.Ref.Namespace) {
		return r
	}
	adds := p.Enroller.ClusterSPIFFEID(p.Facts) != nil && p.Config().Mode == config.Enroll
	label := p.Config().IdentityLabel
	labelled := p.FinalLabel(label.Key) == label.Value
	if adds && labelled {
		added := p.Config().ClusterSPIFFEID
		r.Certain = append(r.Certain, mesh.ClusterSPIFFEID{Name: added.Name, Template: added.SPIFFEIDTemplate, Hint: added.Hint, FederatesWith: added.FederatesWith})
	}
	labels := p.FinalLabels()
	var fallback Registrations
	for _, c := range p.Facts.ClusterSPIFFEIDs {
		selects, sure := c.Selects(p.Ref.Namespace, labels)
		if !selects || !p.Facts.Watches(c) || adds && c.InCluster && c.Name == p.Config().ClusterSPIFFEID.Name {
			continue
		}
		into := r
		if c.Fallback {
			into = &fallback
		}
		if sure {
			into.Certain = append(into.Certain, c)
		} else {
			into.Possible = append(into.Possible, c)
		}
	}
	if len(r.Certain) == 0 {
		r.Possible = append(r.Possible, slices.Concat(fallback.Certain, fallback.Possible)...)
	}
	r.Assumed = labelled && !adds && !p.Facts.HasRegistrations()
	return r
}

// NeverMatches returns a selector in the entry of a ClusterSPIFFEID that the pod's proxy never has, or "". Selectors that SPIRE's agent
// finds at the node only, or with parts that are not known, may match.
func (p *FinalPod) NeverMatches(c mesh.ClusterSPIFFEID) string {
	identity := p.Facts.Identity(p.PodTemplate, p.Config().TrustDomain)
	for _, template := range c.SelectorTemplates {
		selector := identity.Fill(template)
		kind, value, _ := strings.Cut(strings.TrimPrefix(selector, "k8s:"), ":")
		has, known := "", true
		switch kind {
		case "ns":
			has, known = p.Ref.Namespace, p.Ref.Namespace != ""
		case "sa":
			has, known = p.ServiceAccount()
		case "container-name":
			has = keys.ProxyContainer
		case "pod-label":
			key, _, _ := strings.Cut(value, ":")
			has = key + ":" + p.FinalLabel(key)
		default:
			known = false
		}
		if known && value != has && !strings.ContainsAny(value, "{<") {
			return selector
		}
	}
	return ""
}

// Refuses says whether SPIRE refuses the entry of a ClusterSPIFFEID.
func (p *FinalPod) Refuses(c mesh.ClusterSPIFFEID) bool {
	lack, _ := p.Facts.RefusesEntries(c)
	return len(lack) > 0
}

// uidSelector is the selector by which SPIRE's controller manager registers each pod.
const uidSelector = "k8s:pod-uid:<UID>"

// Entries returns the entries that SPIRE will have for the pod. Of ClusterSPIFFEIDs that only may select it, the first is taken to
// do so where none certainly does. Of two that declare the same, the first counts.
func (p *FinalPod) Entries() []outcome.Entry {
	r := p.Registrations()
	if !r.IsRegistered() || !p.IsAdmitted() {
		return nil
	}
	identity := p.Facts.Identity(p.PodTemplate, p.Config().TrustDomain)
	if r.Assumed {
		return []outcome.Entry{{SPIFFEID: identity.String(), Selectors: []string{uidSelector}}}
	}
	ids := r.Certain
	if len(ids) == 0 {
		ids = r.Possible[:1]
	}
	var entries []outcome.Entry
	for _, c := range ids {
		if p.Refuses(c) {
			continue
		}
		e := outcome.Entry{SPIFFEID: identity.Fill(c.Template), Selectors: []string{uidSelector}, Hint: c.Hint}
		for _, template := range c.SelectorTemplates {
			e.Selectors = append(e.Selectors, identity.Fill(template))
		}
		if !slices.ContainsFunc(entries, func(other outcome.Entry) bool {
			return other.SPIFFEID == e.SPIFFEID && slices.Equal(other.Selectors, e.Selectors)
		}) {
			entries = append(entries, e)
		}
	}
	return entries
}
