package objects

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// A mesh that federates says so in four places. Each finding is about one that does not say what another does.
var (
	// istio.io/istio, samples/security/spire-trust-domain-federation/istio.yaml.
	FederationUnknownToIstiod = &analysis.Definition{Reason: "FederationUnknownToIstiod", Severity: outcome.Warning,
		Message: "istiod has no bundle of a trust domain that the mesh federates with, so it does not trust peers from there",
		Remedy:  "add an entry with spiffeBundleUrl, and with the trust domain in trustDomains, to caCertificates in the mesh configuration"}
	// spiffe/spire-controller-manager, docs/clusterspiffeid-crd.md.
	FederatesWithMissing = &analysis.Definition{Reason: "FederatesWithMissing", Severity: outcome.Warning,
		Message: "the ClusterSPIFFEID does not federate with a trust domain that the mesh federates with, so its pods do not trust peers from there",
		Remedy:  "add the trust domain to federatesWith: of the object, or of spec.clusterSPIFFEID if enmesh adds the object"}
	// spiffe/spire, pkg/server/datastore/sqlstore: "unable to find federated bundle".
	FederatedTrustDomainMissing = &analysis.Definition{Reason: "FederatedTrustDomainMissing", Severity: outcome.Warning,
		Message: "no ClusterFederatedTrustDomain in the manifests has a trust domain that the mesh federates with, and SPIRE refuses registration entries that federate with one whose bundle it does not have",
		Remedy:  "add a ClusterFederatedTrustDomain with the trust domain and its bundle endpoint"}
	// spiffe/spire, doc/spire_agent.md, SDS configuration.
	FederationBundlesNotServed = &analysis.Definition{Reason: "FederationBundlesNotServed", Severity: outcome.Warning,
		Message: "SPIRE's agent gives proxies the bundle of its own trust domain only, so they do not trust peers from a trust domain that the mesh federates with",
		Remedy:  `set default_bundle_name: "null" and default_all_bundles_name: "ROOTCA" in the section sds of the agent's configuration`}
)

var federationFindings = []*analysis.Definition{FederationUnknownToIstiod, FederatesWithMissing, FederatedTrustDomainMissing, FederationBundlesNotServed}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Federation, Kinds: []string{"ConfigMap", keys.ClusterSPIFFEID},
	Findings: federationFindings, Run: findFederation})

const (
	federatesWithField  = "spec.federatesWith"
	caCertificatesField = "data.mesh: caCertificates"
	bundleNamesField    = "data." + mesh.AgentConfig + ": sds.default_all_bundles_name"
)

// findFederation compares what an object says about federation with what the others say. If none says anything, none is meant.
func findFederation(o *analysis.Object) {
	switch {
	case len(o.FederatesWith) == 0:
	case o.IsAdded && o.Ref.Kind == keys.ClusterSPIFFEID:
		reportFederatesWith(o, mesh.ClusterSPIFFEID{FederatesWith: o.Config().ClusterSPIFFEID.FederatesWith}, nil)
	case o.Ref.Kind == keys.ClusterSPIFFEID:
		if c, ok := registrationOf(o); ok && o.Facts.Watches(c) {
			reportFederatesWith(o, c, yamledit.Lookup(o.Node, "spec"))
		}
	case o.Ref.Kind == "ConfigMap":
		findBundles(o)
	}
}

// reportFederatesWith compares a ClusterSPIFFEID with the trust domains. One that has nothing to do with the mesh need not federate with them.
func reportFederatesWith(o *analysis.Object, c mesh.ClusterSPIFFEID, spec *yaml.Node) {
	at := yamledit.Lookup(spec, "federatesWith")
	if at == nil {
		at = spec
	}
	if o.IsAdded || concernsMesh(o, c) {
		reportDomains(o, FederatesWithMissing, at, federatesWithField, c.LacksFederation(o.FederatesWith))
	}
	reportDomains(o, FederatedTrustDomainMissing, at, federatesWithField, o.Facts.LackBundle(c.FederatesWith))
}

// findBundles looks at the bundles in istiod's mesh configuration, and at those that an agent gives to proxies. That SPIRE lacks a bundle which
// istiod has is reported there unless a ClusterSPIFFEID names the trust domain.
func findBundles(o *analysis.Object) {
	revision, ok := mesh.RevisionOf(o.Object, mesh.SettingsName)
	if node := yamledit.Lookup(o.Node, "data", "mesh"); ok && node != nil {
		b := o.Facts.Settings(revision).Bundles
		reportDomains(o, FederationUnknownToIstiod, node, caCertificatesField, b.Lack(o.FederatesWith))
		named := namedInStreams(o.Enroller, o.Facts)
		lack := slices.DeleteFunc(o.Facts.LackBundle(o.FederatesWith), func(d string) bool { return named[d] || !slices.Contains(b.ByURL, d) })
		reportDomains(o, FederatedTrustDomainMissing, node, caCertificatesField, lack)
	}
	n := slices.IndexFunc(o.Facts.Agents, func(a mesh.Agent) bool { return a.Object.Node == o.Node })
	if n >= 0 && !o.Facts.Agents[n].ServesAllBundles {
		reportDomains(o, FederationBundlesNotServed, yamledit.Lookup(o.Node, "data", mesh.AgentConfig), bundleNamesField, o.FederatesWith)
	}
}

func reportDomains(o *analysis.Object, d *analysis.Definition, at *yaml.Node, field string, domains []string) {
	if len(domains) > 0 {
		o.Report(d, at, field, domains...)
	}
}

// namedInStreams returns the trust domains that ClusterSPIFFEIDs in the output federate with.
func namedInStreams(e *enroll.Enroller, facts *mesh.Facts) map[string]bool {
	named := facts.NamedInRegistrations(false)
	if e.ClusterSPIFFEID(facts) != nil {
		for _, domain := range e.Spec.ClusterSPIFFEID.FederatesWith {
			named[domain] = true
		}
	}
	return named
}
