package fn

import "enmesh.dev/enmesh/fn/yamledit"

// spiffeID is the identity that SPIRE's controller manager registers: the only form that Istio accepts. What is not
// known stands in angle brackets. The trust domain is the configured one, else that of SPIRE in the streams, else the one
// that was chosen for istiod.
func (t *Transformer) spiffeID(p pod, facts facts) string {
	orElse := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	account := p.serviceAccount()
	if p.workload.MetadataOnly {
		account = "<service account>"
	}
	domain := t.spec.TrustDomain
	if domain == "" && facts.registrar != nil {
		domain = facts.registrar.trustDomain
	}
	if chosen := facts.meshes["default"].trustDomain; domain == "" && chosen != defaultTrustDomain {
		domain = chosen
	}
	return "spiffe://" + orElse(domain, "<trust domain>") +
		"/ns/" + orElse(p.ref.Namespace, "<namespace>") + "/sa/" + account
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
