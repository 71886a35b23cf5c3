package identity

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var (
	RegistrationIgnored = &analysis.Definition{Reason: "RegistrationIgnored", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "SPIRE's controller manager ignores the namespace, so the proxy never gets an identity",
		Remedy:  "move the workload to another namespace, or exclude it"}
	ClusterSPIFFEIDOverlap = &analysis.Definition{Reason: "ClusterSPIFFEIDOverlap", Severity: outcome.Warning,
		Message: "more than one ClusterSPIFFEID selects the pod, so the identity that the proxy takes is not defined",
		Remedy:  "make one of them select other pods, or mark it as fallback"}
	NoClusterSPIFFEID = &analysis.Definition{Reason: "NoClusterSPIFFEID", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "none of the ClusterSPIFFEIDs in the manifests selects the pod, so SPIRE issues no identity and the proxy never becomes ready",
		Remedy:  "have one of them select the managed-identity label, or set spec.clusterSPIFFEID"}
	IdentityLabelDiffers = &analysis.Definition{Reason: "IdentityLabelDiffers", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "the ClusterSPIFFEIDs in the manifests select pods by another managed-identity label than the configured one, so SPIRE issues no identity and the proxy never becomes ready",
		Remedy:  "set spec.identityLabel (--identity-label) to theirs"}
	SelectorsNeverMatch = &analysis.Definition{Reason: "SelectorsNeverMatch", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "the registration entry asks for a selector that the proxy never has, so SPIRE issues no identity and the proxy never becomes ready",
		Remedy:  "correct workloadSelectorTemplates of the ClusterSPIFFEID"}
	// spiffe/spire, pkg/server/datastore/sqlstore: "unable to find federated bundle".
	EntryRefused = &analysis.Definition{Reason: "EntryRefused", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "SPIRE has no bundle of a trust domain that the pod's registration entry federates with, and refuses the entry, so it issues no identity and the proxy never becomes ready",
		Remedy:  "add a ClusterFederatedTrustDomain with the trust domain and its bundle endpoint, or take the trust domain out of federatesWith"}
	NoRegistrationLabel = &analysis.Definition{Reason: "NoRegistrationLabel", Severity: outcome.Error, Effect: outcome.Unregistered,
		Message: "the pod does not have the label by which SPIRE registers pods, so SPIRE issues no identity and the proxy never becomes ready",
		Remedy:  "enroll the pod, or set the label"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Identity, Stage: analysis.ProxiedPods,
	Findings: []*analysis.Definition{RegistrationIgnored, ClusterSPIFFEIDOverlap, NoClusterSPIFFEID, IdentityLabelDiffers, SelectorsNeverMatch, EntryRefused, NoRegistrationLabel}, Order: 2, Run: findRegistration})

// findRegistration checks whether SPIRE registers the pod. If the streams have no ClusterSPIFFEIDs, the cluster may have some. If
// they have some, it assumes that there are no others. A pod that never asks SPIRE needs no registration.
func findRegistration(p *analysis.FinalPod) {
	if slices.ContainsFunc([]outcome.Verdict{outcome.Refused, outcome.Bare, outcome.IstiodCA}, func(v outcome.Verdict) bool { return p.ReasonFor(v) != "" }) {
		return
	}
	r, label := p.Registrations(), p.Config().IdentityLabel.Key
	others := slices.DeleteFunc(slices.Clone(keys.IdentityLabels), func(key string) bool { return key == label })
	matching := slices.DeleteFunc(slices.Clone(r.Certain), func(c mesh.ClusterSPIFFEID) bool { return p.NeverMatches(c) != "" })
	taken := slices.DeleteFunc(slices.Clone(matching), p.Refuses)
	switch {
	case p.Facts.IgnoresNamespace(p.Ref.Namespace):
		p.Report(RegistrationIgnored, p.NamespaceNode(), "metadata.namespace", p.Ref.Namespace)
	case len(r.Certain) > 0 && len(matching) == 0:
		p.ReportLabel(SelectorsNeverMatch, label, r.Certain[0].Name+": "+p.NeverMatches(r.Certain[0]))
	case len(matching) > 0 && len(taken) == 0:
		lack, _ := p.Facts.RefusesEntries(matching[0])
		p.ReportLabel(EntryRefused, label, matching[0].Name+": "+strings.Join(lack, ", "))
	case len(taken) > 1:
		var names []string
		for _, c := range taken {
			names = append(names, c.Name)
		}
		p.ReportLabel(ClusterSPIFFEIDOverlap, label, names...)
	case r.IsRegistered():
	case p.Facts.SelectsBy([]string{label}) == "" && p.Facts.SelectsBy(others) != "":
		p.ReportLabel(IdentityLabelDiffers, label, p.Facts.SelectsBy(others))
	case p.Facts.HasRegistrations():
		p.ReportLabel(NoClusterSPIFFEID, label)
	default:
		p.ReportLabel(NoRegistrationLabel, label)
	}
}
