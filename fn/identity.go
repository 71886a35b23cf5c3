package fn

import (
	"cmp"
	"regexp"

	"enmesh.dev/enmesh/fn/yamledit"
)

// identity is what a SPIFFE ID is made of. What is not known stands in angle brackets.
type identity struct{ trustDomain, namespace, account string }

// trustDomain is the configured one, else that of SPIRE in the streams, or "".
func (t *Transformer) trustDomain(facts facts) string {
	if t.spec.TrustDomain == "" && facts.registrar != nil {
		return facts.registrar.trustDomain
	}
	return t.spec.TrustDomain
}

// identity of a pod. Where nobody else says, the trust domain is the one that was chosen for istiod.
func (t *Transformer) identity(p pod, facts facts) identity {
	account := p.serviceAccount()
	if p.workload.MetadataOnly {
		account = "<service account>"
	}
	domain := t.trustDomain(facts)
	if chosen := facts.meshes["default"].trustDomain; domain == "" && chosen != defaultTrustDomain {
		domain = chosen
	}
	return identity{cmp.Or(domain, "<trust domain>"), cmp.Or(p.ref.Namespace, "<namespace>"), account}
}

// String is the SPIFFE ID that SPIRE's controller manager registers: the only form that Istio accepts.
func (i identity) String() string {
	return "spiffe://" + i.trustDomain + "/ns/" + i.namespace + "/sa/" + i.account
}

// serviceAccount is the pod's; where none is named Kubernetes gives it the one called default.
func (p pod) serviceAccount() string {
	for _, field := range []string{"serviceAccountName", "serviceAccount"} {
		if account := text(yamledit.Lookup(p.spec(), field)); account != "" {
			return account
		}
	}
	return "default"
}

// uidSelector is what SPIRE's controller manager registers each pod by.
const uidSelector = "k8s:pod-uid:<UID>"

// selectors are those of the pod's registration entry: the one of every pod, and what the ClusterSPIFFEID adds.
func (r *prospect) selectors() []string {
	selectors := []string{uidSelector}
	for _, template := range r.selectorTemplates {
		selectors = append(selectors, r.t.identity(r.pod, *r.facts).fill(template))
	}
	return selectors
}

var action = regexp.MustCompile(`\{\{-?\s*(\.[A-Za-z.]+)\s*-?\}\}`)

// fill puts what is known of a pod into a template of SPIRE's controller manager, and leaves the other actions in it.
func (i identity) fill(template string) string {
	known := map[string]string{".TrustDomain": i.trustDomain, ".PodMeta.Namespace": i.namespace, ".PodSpec.ServiceAccountName": i.account}
	return action.ReplaceAllStringFunc(template, func(text string) string {
		return cmp.Or(known[action.FindStringSubmatch(text)[1]], text)
	})
}
