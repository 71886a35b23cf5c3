package mesh

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit"
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
	account, known := p.ServiceAccount()
	if !known {
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

// Bundles are the roots that istiod's mesh configuration has for trust domains.
type Bundles struct {
	Of    []string // these trust domains
	ByURL []string // those of them whose bundle istiod gets from a URL, as it does in a federated mesh
	OfAll bool     // whatever the trust domain
}

// Lack returns those of the trust domains that have no bundle.
func (b Bundles) Lack(domains []string) []string {
	if b.OfAll {
		return nil
	}
	return without(domains, b.Of)
}

// newBundles reads caCertificates. An entry without trust domains and signers is for all (istio.io/api, mesh/v1alpha1/config.proto).
func newBundles(caCertificates *yaml.Node) Bundles {
	var b Bundles
	for _, entry := range yamledit.Items(caCertificates) {
		domains := yamledit.Texts(yamledit.Lookup(entry, "trustDomains"))
		b.Of = append(b.Of, domains...)
		if yamledit.Text(yamledit.Lookup(entry, "spiffeBundleUrl")) != "" {
			b.ByURL = append(b.ByURL, domains...)
		}
		b.OfAll = b.OfAll || len(domains) == 0 && yamledit.Lookup(entry, "certSigners") == nil
	}
	return b
}

// without returns the names that are not among the others.
func without(names, others []string) []string {
	var rest []string
	for _, name := range names {
		if !slices.Contains(others, name) {
			rest = append(rest, name)
		}
	}
	return rest
}
