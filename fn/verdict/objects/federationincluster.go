package objects

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var _ = analysis.RegisterInputAnalyzer(analysis.InputAnalyzer{Subject: analysis.Federation, Findings: federationFindings, Run: findFederationInCluster})

// findFederationInCluster is findFederation for what is in the cluster already. It has no place in the streams, so the message names the object
// and the field.
func findFederationInCluster(in *analysis.Input) {
	facts := in.Facts
	domains := analysis.FederatesWith(in.Enroller, facts)
	if len(domains) == 0 || in.Config().Mode == config.Unenroll {
		return
	}
	report := func(d *analysis.Definition, domains []string, place string) {
		if len(domains) > 0 {
			in.Report(d, "", strings.Join(domains, ", ")+" ("+place+")")
		}
	}
	named := namedInStreams(in.Enroller, facts)
	for _, revision := range facts.RevisionsWithSettings() {
		s := facts.Settings(revision)
		if !s.InCluster {
			for _, domain := range s.Bundles.ByURL {
				named[domain] = true
			}
			continue
		}
		name := mesh.SettingsName
		if revision != mesh.DefaultRevision {
			name += "-" + revision
		}
		report(FederationUnknownToIstiod, s.Bundles.Lack(domains), "ConfigMap "+name+" in the cluster, "+caCertificatesField)
	}
	for _, c := range facts.ClusterSPIFFEIDs {
		if c.InCluster && c.HasSpec && facts.Watches(c) && c.SelectsBy(in.Config().IdentityLabel.Key) {
			report(FederatesWithMissing, c.LacksFederation(domains), "ClusterSPIFFEID "+c.Name+" in the cluster, "+federatesWithField)
		}
	}
	for _, a := range facts.Agents {
		if a.InCluster && !a.ServesAllBundles {
			report(FederationBundlesNotServed, domains, a.Object.Ref.String()+" in the cluster, "+bundleNamesField)
		}
	}
	// Those that an object in the streams names, findFederation reports there.
	lack := slices.DeleteFunc(facts.LackBundle(domains), func(domain string) bool { return named[domain] })
	report(FederatedTrustDomainMissing, lack, "named by the configuration or in the cluster")
}
