package mesh

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// istiod has two ConfigMaps. One has its injection templates, as YAML in a block scalar, in which each template is a block
// scalar again. The other has the mesh configuration (istio-discovery chart: istiod-injector-configmap.yaml, configmap.yaml).
const (
	InjectorName = "istio-sidecar-injector"
	SettingsName = "istio"
)

// DefaultTrustDomain is the trust domain in istiod's chart if no other is set.
const DefaultTrustDomain = "cluster.local"

// DefaultRevision stands for an istiod without a revision.
const DefaultRevision = "default"

// defaultRootNamespace is the root namespace unless istiod's settings name another one.
const defaultRootNamespace = "istio-system"

// RevisionOf returns the revision of istiod that a ConfigMap belongs to. The ConfigMap is named NAME or NAME-REVISION.
func RevisionOf(o manifest.Object, name string) (string, bool) {
	if o.Ref.Kind != "ConfigMap" || o.Ref.APIVersion != "v1" {
		return "", false
	}
	if o.Ref.Name == name {
		return DefaultRevision, true
	}
	return strings.CutPrefix(o.Ref.Name, name+"-")
}

// Settings are the settings for pods in istiod's mesh configuration.
type Settings struct {
	TrustDomain               string
	TrustDomainAliases        []string
	RootNamespace             string
	SocketFile                string // of all proxies, or ""
	HoldsApplications         bool   // until their proxies are ready
	DisablesPrometheusMerging bool
	Bundles                   Bundles // of other trust domains
	InCluster                 bool    // already, and not in the streams
}

func (f *Facts) gatherSettings(o manifest.Object) {
	revision, ok := RevisionOf(o, SettingsName)
	settings := yamledit.Lookup(o.Node, "data", "mesh")
	if _, isInjector := RevisionOf(o, InjectorName); !ok || isInjector || settings == nil {
		return
	}
	doc, err := yamledit.Parse([]byte(yamledit.Text(settings)))
	if err != nil {
		return
	}
	text := func(keys ...string) string { return yamledit.Text(yamledit.Lookup(doc.Root(), keys...)) }
	s := Settings{
		TrustDomain:               text("trustDomain"),
		RootNamespace:             text("rootNamespace"),
		SocketFile:                text("defaultConfig", "proxyMetadata", keys.SocketFileEnv),
		HoldsApplications:         text("defaultConfig", "holdApplicationUntilProxyStarts") == "true",
		DisablesPrometheusMerging: text("enablePrometheusMerge") == "false",
		Bundles:                   newBundles(yamledit.Lookup(doc.Root(), "caCertificates")),
	}
	for _, alias := range yamledit.Items(yamledit.Lookup(doc.Root(), "trustDomainAliases")) {
		s.TrustDomainAliases = append(s.TrustDomainAliases, yamledit.Text(alias))
	}
	f.settings[revision] = s
}

// Settings returns the settings of a revision of istiod, which are empty if they are not in the streams.
func (f *Facts) Settings(revision string) Settings { return f.settings[revision] }

// HasSettings says whether the settings of a revision of istiod are in the streams.
func (f *Facts) HasSettings(revision string) bool {
	_, ok := f.settings[revision]
	return ok
}

// RootNamespace returns the namespace in which a PeerAuthentication without a selector applies to the whole mesh.
func (f *Facts) RootNamespace() string {
	return cmp.Or(f.settings[DefaultRevision].RootNamespace, defaultRootNamespace)
}

// gatherRevision records the revision of a webhook configuration of istiod, and the tag that points to it, if any.
func (f *Facts) gatherRevision(o manifest.Object) {
	revision := o.Label(keys.Revision)
	if revision == "" {
		return
	}
	f.revisions[revision] = revision
	if tag := o.Label(keys.Tag); tag != "" {
		f.revisions[tag] = revision
	}
}

// HasWebhook says whether a webhook configuration in the streams has this revision or tag.
func (f *Facts) HasWebhook(revision string) bool { return f.revisions[revision] != "" }

// ResolveTag returns the revision that a tag points to. A revision is returned as it is.
func (f *Facts) ResolveTag(revision string) string { return cmp.Or(f.revisions[revision], revision) }

// Injector returns the injector of a revision, or nil if it is not in the streams.
func (f *Facts) Injector(revision string) *Injector {
	i := slices.IndexFunc(f.Injectors, func(i Injector) bool { return i.Revision == revision })
	if i < 0 {
		return nil
	}
	return &f.Injectors[i]
}

// Injector is the configuration of one of istiod's injectors.
type Injector struct {
	Object    manifest.Object // the ConfigMap
	Revision  string
	Templates map[string]Template
	Defaults  []string // the templates for pods that do not name any
	CNI       bool     // Istio's CNI plugin redirects traffic, instead of istio-init
}

func (f *Facts) gatherInjector(o manifest.Object) {
	revision, ok := RevisionOf(o, InjectorName)
	scalar := yamledit.Lookup(o.Node, "data", "config")
	if !ok || scalar == nil {
		return
	}
	config, err := yamledit.Parse([]byte(yamledit.Text(scalar)))
	if err != nil {
		return
	}
	i := Injector{Object: o, Revision: revision, Templates: map[string]Template{}}
	templates := yamledit.Lookup(config.Root(), "templates")
	for _, name := range yamledit.Keys(templates) {
		node := yamledit.Lookup(templates, name)
		t := NewTemplate(yamledit.Text(node), scalar.Line+node.Line)
		t.Null = yamledit.IsNull(node)
		i.Templates[name] = t
	}
	for _, name := range yamledit.Items(yamledit.Lookup(config.Root(), "defaultTemplates")) {
		i.Defaults = append(i.Defaults, yamledit.Text(name))
	}
	i.CNI = usesCNI([]byte(yamledit.Text(yamledit.Lookup(o.Node, "data", "values"))))
	f.Injectors = append(f.Injectors, i)
}

// usesCNI says whether the values of istiod's chart turn on Istio's CNI plugin. The chart writes them as JSON, which the YAML library takes
// long to read.
func usesCNI(values []byte) bool {
	type plugin struct{ Enabled bool }
	var chart struct {
		Pilot struct{ CNI plugin }
		CNI   plugin
		Old   plugin `json:"istio_cni"`
	}
	if err := json.Unmarshal(values, &chart); err == nil {
		return chart.Pilot.CNI.Enabled || chart.CNI.Enabled || chart.Old.Enabled
	}
	doc, err := yamledit.Parse(values)
	if err != nil {
		return false
	}
	return slices.ContainsFunc([][]string{{"pilot", "cni", "enabled"}, {"cni", "enabled"}, {"istio_cni", "enabled"}}, func(path []string) bool {
		return yamledit.Text(yamledit.Lookup(doc.Root(), path...)) == "true"
	})
}

// WithTemplates returns a copy of the facts in which each injector has the templates that missing returns for it.
func (f *Facts) WithTemplates(missing func(Injector) map[string]Template) *Facts {
	changed := *f
	changed.Injectors = nil
	for _, i := range f.Injectors {
		if templates := missing(i); len(templates) > 0 {
			for name, t := range i.Templates {
				if _, added := templates[name]; !added || !t.Null { // a template with content stays
					templates[name] = t
				}
			}
			i.Templates = templates
		}
		changed.Injectors = append(changed.Injectors, i)
	}
	return &changed
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
		domains := texts(yamledit.Lookup(entry, "trustDomains"))
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

// RevisionsWithSettings lists the revisions of istiod whose settings are known, in alphabetical order.
func (f *Facts) RevisionsWithSettings() []string { return slices.Sorted(maps.Keys(f.settings)) }
