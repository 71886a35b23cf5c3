package objects

import (
	"cmp"
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/verdict/injection"
	"enmesh.dev/enmesh/fn/yamledit"
)

var TrustDomainDiffers = &analysis.Definition{Reason: "TrustDomainDiffers", Severity: outcome.Error,
	Message: "istiod and SPIRE have different trust domains, so peers refuse each other's identities",
	Remedy:  "set trustDomain in the mesh configuration, or add it to trustDomainAliases"}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Istiod, Kinds: []string{"ConfigMap"},
	Findings: []*analysis.Definition{injection.HoldApplication, TrustDomainDiffers}, Run: findSettings})

// findSettings looks at the settings for all proxies, and compares istiod's trust domain with the configured one or, without one,
// with that of SPIRE in the streams.
func findSettings(o *analysis.Object) {
	revision, ok := mesh.RevisionOf(o.Object, mesh.SettingsName)
	node := yamledit.Lookup(o.Node, "data", "mesh")
	if !ok || node == nil {
		return
	}
	settings := o.Facts.Settings(revision)
	if settings.HoldsApplications {
		o.Report(injection.HoldApplication, node, "data.mesh: defaultConfig.holdApplicationUntilProxyStarts")
	}
	want := o.Facts.TrustDomain(o.Config().TrustDomain)
	is := settings.TrustDomain
	isDefault := is == "" || is == mesh.DefaultTrustDomain
	if want == "" || is == want || slices.Contains(settings.TrustDomainAliases, want) ||
		isDefault && o.Config().TrustDomain != "" && o.Config().Mode == config.Enroll && o.Enroller.Configures(o.Object) {
		return
	}
	o.Report(TrustDomainDiffers, node, "data.mesh: trustDomain", cmp.Or(is, mesh.DefaultTrustDomain)+", not "+want)
}
