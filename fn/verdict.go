package fn

import "slices"

// Verdict is what becomes of a pod once it is in the cluster.
type Verdict string

const (
	// VerdictSPIRE: the pod has a sidecar, or is a gateway, and its identity comes from SPIRE.
	VerdictSPIRE Verdict = "SPIRE"
	// VerdictIstiodCA: it is in the mesh, with an identity from istiod's CA in place of SPIRE's.
	VerdictIstiodCA Verdict = "IstiodCA"
	// VerdictRefused: the API server or the injector refuses it, or it never starts.
	VerdictRefused Verdict = "Refused"
	// VerdictBare: it runs without a proxy, outside the mesh.
	VerdictBare Verdict = "Bare"
)

// InMesh says whether a pod with this verdict speaks mutual TLS.
func (v Verdict) InMesh() bool { return v == VerdictSPIRE || v == VerdictIstiodCA }

// judge inspects a pod as it comes out, and says what becomes of it. Without an enrollment it comes out as it came in.
func (t *Transformer) judge(decided *Pod, p pod, e *enrollment, facts facts) {
	if decided.Reason == LocalConfig {
		return
	}
	if t.spec.Mode == Check {
		e = nil
	}
	r := &prospect{pod: p, t: t, facts: &facts, decided: decided, added: e}
	r.bare = r.whyBare()
	r.inspect()
	decided.Verdict, decided.VerdictReason = r.verdict()
	if decided.Verdict == VerdictSPIRE {
		r.findFallback()
	}
	switch {
	case !decided.Reason.IsEnrolled():
	case decided.Verdict == VerdictSPIRE:
		decided.Selectors = r.selectors()
	default:
		decided.SPIFFEID = ""
	}
	for _, f := range r.findings {
		if f.Severity == Error && !decided.Reason.IsSelected() {
			f.Severity = Warning // what nobody asked for must not fail the job
		}
		decided.Findings = append(decided.Findings, f)
	}
	if len(facts.told) > 0 || t.spec.PeerAuthentication != "" {
		decided.labels = newPairs(r.finalLabels())
	}
}

// verdict weighs the findings. The first row that holds decides:
//
//	1  a finding by which the pod is refused                        Refused
//	2  nothing injects it, and its namespace is in the ambient mesh IstiodCA
//	3  nothing injects it                                           Bare
//	4  a finding by which it runs without a proxy                   Bare
//	5  a finding by which SPIRE is left out                         IstiodCA
//	6  otherwise                                                    SPIRE
//
// The second value is the reason, but for the last row.
func (r *prospect) verdict() (Verdict, Reason) {
	if reason := r.because(VerdictRefused); reason != "" {
		return VerdictRefused, reason
	}
	if r.bare != "" {
		if r.isAmbient() {
			return VerdictIstiodCA, AmbientNamespace
		}
		return VerdictBare, r.bare
	}
	for _, v := range []Verdict{VerdictBare, VerdictIstiodCA} {
		if reason := r.because(v); reason != "" {
			return v, reason
		}
	}
	return VerdictSPIRE, ""
}

// because is the first finding that makes for a verdict.
func (r *prospect) because(v Verdict) Reason {
	i := slices.IndexFunc(r.findings, func(f Finding) bool { return known[f.Reason].verdict == v })
	if i < 0 {
		return ""
	}
	return r.findings[i].Reason
}

// whyBare says why nothing injects the pod, or "". The API server calls the injector for labels of the namespace and of
// the pod; the injector looks once more. The first row that holds decides:
//
//	1  pod on the host's network                                  HostNetwork
//	2  namespace that Istio ignores                               IgnoredNamespace
//	3  inject "false": the label, or the annotation without one   OptedOut
//	4  namespace: istio-injection with any value but enabled      NamespaceInjectionDisabled
//	5  namespace: istio-injection enabled, or istio.io/rev        "" (injected)
//	6  pod label inject "true", or istio.io/rev                   "" (injected)
//	7  otherwise                                                  why enmesh did not enroll it
func (r *prospect) whyBare() Reason {
	inject := r.finalLabel(injectKey)
	optedOut := inject == "false" || inject == "" && r.podLabel(injectKey) == nil && r.finalAnnotation(injectKey) == "false"
	namespace := r.facts.namespaces[r.ref.Namespace]
	switch {
	case r.isOnHostNetwork():
		return HostNetwork
	case slices.Contains(ignoredNamespaces, r.ref.Namespace):
		return IgnoredNamespace
	case optedOut:
		return OptedOut
	case namespace.turnsOff():
		return NamespaceInjectionDisabled
	case namespace.turnsOn(), inject == "true", r.finalLabel(revisionKey) != "":
		return ""
	}
	return r.decided.Reason
}

// isAmbient says whether ztunnel carries the traffic of a pod that has no proxy of its own.
func (r *prospect) isAmbient() bool {
	if r.isOnHostNetwork() {
		return false
	}
	switch r.finalLabel(dataplaneKey) {
	case "ambient":
		return true
	case "none":
		return false
	}
	return r.facts.namespaces[r.ref.Namespace].ambient
}
