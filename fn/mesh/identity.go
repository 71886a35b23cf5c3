package mesh

import (
	"cmp"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/pattern"
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

// MeshTrustDomain is TrustDomain or, without one, the trust domain that is set for istiod, or "".
func (f *Facts) MeshTrustDomain(configured string) string {
	return cmp.Or(f.TrustDomain(configured), f.Settings(DefaultRevision).TrustDomain)
}

// Identity returns the identity of a pod.
func (f *Facts) Identity(p manifest.PodTemplate, configuredTrustDomain string) Identity {
	account := p.ServiceAccount()
	if p.Kind.MetadataOnly {
		account = "<service account>"
	}
	return f.IdentityOf(p.Ref.Namespace, account, configuredTrustDomain)
}

// IdentityOf returns the identity of the pods with a service account. istiod's own default is no trust domain that somebody chose for SPIRE.
func (f *Facts) IdentityOf(namespace, serviceAccount, configuredTrustDomain string) Identity {
	domain := f.MeshTrustDomain(configuredTrustDomain)
	if domain == DefaultTrustDomain && f.TrustDomain(configuredTrustDomain) == "" {
		domain = ""
	}
	return Identity{cmp.Or(domain, "<trust domain>"), cmp.Or(namespace, "<namespace>"), serviceAccount}
}

// String returns the SPIFFE ID in the only form that Istio accepts.
func (i Identity) String() string {
	return "spiffe://" + i.TrustDomain + "/ns/" + i.Namespace + "/sa/" + i.ServiceAccount
}

var action = pattern.Lazy(`\{\{-?\s*(\.[A-Za-z.]+)\s*-?\}\}`)

// Fill puts the known parts into a template of SPIRE's controller manager. Other template actions stay.
func (i Identity) Fill(template string) string {
	known := map[string]string{".TrustDomain": i.TrustDomain, ".PodMeta.Namespace": i.Namespace, ".PodSpec.ServiceAccountName": i.ServiceAccount}
	return action().ReplaceAllStringFunc(template, func(text string) string {
		return cmp.Or(known[action().FindStringSubmatch(text)[1]], text)
	})
}
