package mesh

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// ClusterSPIFFEID is an object by which SPIRE's controller manager registers pods.
type ClusterSPIFFEID struct {
	Object     manifest.Object
	Name       string
	Hint       string // of the entries
	Class      string
	ClassLabel string // which repeats the class
	Template   string // of the SPIFFE IDs
	// FederatesWith are the other trust domains that the pods trust.
	FederatesWith []string
	// SelectorTemplates are templates of additional selectors in the registration entries.
	SelectorTemplates []string
	Fallback          bool // it applies to pods that no other ClusterSPIFFEID selects
	HasSpec           bool // without a spec, it registers nothing
	Pods, Namespaces  labels.Selector
	InCluster         bool // already, and not in the streams

	matchLabels map[string]string // of the pods; nil if it selects all pods
}

func (f *Facts) gatherClusterSPIFFEID(o manifest.Object) {
	if o.Ref.Group() != keys.SPIREGroup {
		return
	}
	spec := yamledit.Lookup(o.Node, "spec")
	text := func(key string) string { return yamledit.Text(yamledit.Lookup(spec, key)) }
	f.ClusterSPIFFEIDs = append(f.ClusterSPIFFEIDs, ClusterSPIFFEID{
		Object:            o,
		Name:              o.Ref.Name,
		Hint:              text("hint"),
		Class:             text("className"),
		ClassLabel:        o.Label(keys.ClassName),
		Template:          text("spiffeIDTemplate"),
		FederatesWith:     yamledit.Texts(yamledit.Lookup(spec, "federatesWith")),
		SelectorTemplates: yamledit.Texts(yamledit.Lookup(spec, "workloadSelectorTemplates")),
		Fallback:          text("fallback") == "true",
		HasSpec:           spec != nil,
		Pods:              manifest.LabelSelector(yamledit.Lookup(spec, "podSelector")),
		Namespaces:        manifest.LabelSelector(yamledit.Lookup(spec, "namespaceSelector")),
		matchLabels:       manifest.StringMap(yamledit.Lookup(spec, "podSelector", "matchLabels")),
	})
}

// HasClusterSPIFFEID says whether a ClusterSPIFFEID in the streams has this name, or one there or in the cluster selects pods by this
// label. One in the cluster that has the name is the one that enrollment added before.
func (f *Facts) HasClusterSPIFFEID(name, labelKey, labelValue string) bool {
	return slices.ContainsFunc(f.ClusterSPIFFEIDs, func(c ClusterSPIFFEID) bool {
		if c.Name == name {
			return !c.InCluster
		}
		return c.matchLabels[labelKey] == labelValue
	})
}

// SelectsBy returns the first of these labels by which a ClusterSPIFFEID in the streams selects pods, as key=value, or "".
func (f *Facts) SelectsBy(keys []string) string {
	for _, c := range f.ClusterSPIFFEIDs {
		for _, key := range keys {
			if value, ok := c.matchLabels[key]; ok && c.HasSpec && f.Watches(c) {
				return key + "=" + value
			}
		}
	}
	return ""
}

// HasRegistrations says whether a ClusterSPIFFEID in the streams registers pods.
func (f *Facts) HasRegistrations() bool {
	return slices.ContainsFunc(f.ClusterSPIFFEIDs, func(c ClusterSPIFFEID) bool { return c.HasSpec })
}

// Watches says whether the controller manager in the streams handles a ClusterSPIFFEID.
func (f *Facts) Watches(c ClusterSPIFFEID) bool {
	r := f.ControllerManager
	return r == nil || (c.Class == r.Class || c.Class == "" && r.WatchesClassless) && (!r.FiltersByLabel || c.ClassLabel == r.Class)
}

// Selects says whether the ClusterSPIFFEID selects a pod, and whether that is certain. It is not if the answer depends on a
// label of the namespace other than its name.
func (c ClusterSPIFFEID) Selects(namespace string, pod map[string]string) (selects, certain bool) {
	if !c.HasSpec || !c.Pods.Matches(labels.Set(pod)) {
		return false, true
	}
	requirements, _ := c.Namespaces.Requirements()
	for _, requirement := range requirements {
		if requirement.Key() != keys.NamespaceName || namespace == "" {
			return true, false
		}
	}
	return c.Namespaces.Matches(labels.Set{keys.NamespaceName: namespace}), true
}

// The rest is about meshes that trust other trust domains. Four places must say so: caCertificates in istiod's mesh configuration,
// federatesWith of the ClusterSPIFFEIDs, an object by which SPIRE's server gets the bundle, and the agent, which by default gives proxies only
// the bundle of its own trust domain (istio.io/istio, samples/security/spire-trust-domain-federation, has all four).

// gatherFederatedTrustDomain records a trust domain whose bundle the controller manager has SPIRE's server get.
func (f *Facts) gatherFederatedTrustDomain(o manifest.Object) {
	if domain := yamledit.Text(yamledit.Lookup(o.Node, "spec", "trustDomain")); o.Ref.Group() == keys.SPIREGroup && domain != "" {
		f.federated[domain] = true
		f.hasFederated = true
	}
}

// LackBundle returns those of the trust domains whose bundle SPIRE does not get. It returns none if no manifest shows which it gets.
func (f *Facts) LackBundle(domains []string) []string {
	if f.ControllerManager == nil && !f.hasFederated {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(domains), func(domain string) bool { return f.federated[domain] })
}

// RefusesEntries says whether SPIRE refuses the entries of a ClusterSPIFFEID, because it lacks the bundle of a trust domain that they federate
// with, and what that is. It is not known where nothing at hand shows any of the bundles that SPIRE gets.
func (f *Facts) RefusesEntries(c ClusterSPIFFEID) (lack []string, known bool) {
	if len(f.federated) == 0 && !(f.cluster.known && f.ControllerManager != nil) {
		return nil, len(c.FederatesWith) == 0
	}
	return f.LackBundle(c.FederatesWith), true
}

// LacksFederation returns those of the trust domains that the ClusterSPIFFEID does not federate with.
func (c ClusterSPIFFEID) LacksFederation(domains []string) []string {
	return without(domains, c.FederatesWith)
}

// SelectsBy says whether the ClusterSPIFFEID selects pods by a label with this key.
func (c ClusterSPIFFEID) SelectsBy(key string) bool {
	requirements, _ := c.Pods.Requirements()
	return slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return r.Key() == key })
}

// NamedInRegistrations returns the trust domains that ClusterSPIFFEIDs in the streams federate with, or those in the cluster.
func (f *Facts) NamedInRegistrations(inCluster bool) map[string]bool {
	named := map[string]bool{}
	for _, c := range f.ClusterSPIFFEIDs {
		if c.InCluster == inCluster && c.HasSpec && f.Watches(c) {
			for _, domain := range c.FederatesWith {
				named[domain] = true
			}
		}
	}
	return named
}

// FederatesWith lists the other trust domains that the mesh trusts as far as one of the places says, or the configuration, in alphabetical
// order. What the agent says names none.
func (f *Facts) FederatesWith(configured []string, trustDomain string) []string {
	domains := f.NamedInRegistrations(false)
	maps.Copy(domains, f.NamedInRegistrations(true))
	maps.Copy(domains, f.federated)
	for _, domain := range configured {
		domains[domain] = true
	}
	for _, s := range f.settings {
		for _, domain := range s.Bundles.ByURL {
			domains[domain] = true
		}
	}
	for _, s := range f.settings {
		delete(domains, s.TrustDomain)
	}
	delete(domains, f.TrustDomain(trustDomain))
	delete(domains, "")
	return slices.Sorted(maps.Keys(domains))
}
