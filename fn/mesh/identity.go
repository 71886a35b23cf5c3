package mesh

import (
	"cmp"
	"regexp"

	"enmesh.dev/enmesh/fn/manifest"
)

// Identity has the parts of a SPIFFE ID. Unknown parts are in angle brackets.
type Identity struct{ TrustDomain, Namespace, ServiceAccount string }

// TrustDomain returns the configured trust domain or, without one, that of SPIRE in the streams, or "".
func (f *Facts) TrustDomain(configured string) string {
	if configured == "" && f.ControllerManager != nil {
		return f.ControllerManager.TrustDomain
	}
	return configured
}

// Identity returns the identity of a pod. If no other trust domain is known, it has the one that is set for istiod.
func (f *Facts) Identity(p manifest.PodTemplate, configuredTrustDomain string) Identity {
	account := p.ServiceAccount()
	if p.Kind.MetadataOnly {
		account = "<service account>"
	}
	domain := f.TrustDomain(configuredTrustDomain)
	if chosen := f.settings[DefaultRevision].TrustDomain; domain == "" && chosen != DefaultTrustDomain {
		domain = chosen
	}
	return Identity{cmp.Or(domain, "<trust domain>"), cmp.Or(p.Ref.Namespace, "<namespace>"), account}
}

// String returns the SPIFFE ID in the only form that Istio accepts.
func (i Identity) String() string {
	return "spiffe://" + i.TrustDomain + "/ns/" + i.Namespace + "/sa/" + i.ServiceAccount
}

var action = regexp.MustCompile(`\{\{-?\s*(\.[A-Za-z.]+)\s*-?\}\}`)

// Fill puts the known parts into a template of SPIRE's controller manager. Other template actions stay.
func (i Identity) Fill(template string) string {
	known := map[string]string{".TrustDomain": i.TrustDomain, ".PodMeta.Namespace": i.Namespace, ".PodSpec.ServiceAccountName": i.ServiceAccount}
	return action.ReplaceAllStringFunc(template, func(text string) string {
		return cmp.Or(known[action.FindStringSubmatch(text)[1]], text)
	})
}
