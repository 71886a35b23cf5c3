package mesh

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/istiod"
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

// rank orders the sources of what is known of one istiod; the highest one holds. What the streams say comes before what is in the cluster, for
// they are applied to it. What is rendered comes before the object from which an operator is yet to render it.
type rank int

func (f *Facts) rank(rendered bool) (r rank) {
	if rendered {
		r++
	}
	if !f.cluster.speaks {
		r += 2
	}
	return r
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

	rank rank
}

// newSettings reads a mesh configuration, in which setting looks.
func newSettings(setting func(path ...string) *yaml.Node) Settings {
	text := func(path ...string) string { return yamledit.Text(setting(path...)) }
	return Settings{
		TrustDomain:               text("trustDomain"),
		RootNamespace:             text("rootNamespace"),
		SocketFile:                text("defaultConfig", "proxyMetadata", keys.SocketFileEnv),
		HoldsApplications:         text("defaultConfig", "holdApplicationUntilProxyStarts") == "true",
		DisablesPrometheusMerging: text("enablePrometheusMerge") == "false",
		TrustDomainAliases:        yamledit.Texts(setting("trustDomainAliases")),
		Bundles:                   newBundles(setting("caCertificates")),
	}
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
	f.keepSettings(revision, true, newSettings(func(path ...string) *yaml.Node { return yamledit.Lookup(doc.Root(), path...) }))
}

func (f *Facts) keepSettings(revision string, rendered bool, s Settings) {
	s.rank, s.InCluster = f.rank(rendered), f.cluster.speaks
	if old, ok := f.settings[revision]; !ok || s.rank >= old.rank {
		f.settings[revision] = s
	}
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
	return cmp.Or(f.Settings(DefaultRevision).RootNamespace, defaultRootNamespace)
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

// gatherRevisionTag records the tag that an object of the Sail operator makes for a revision, or for the active revision of an Istio.
func (f *Facts) gatherRevisionTag(o manifest.Object) {
	if target := yamledit.Text(yamledit.Lookup(o.Node, "spec", "targetRef", "name")); o.Ref.Group() == keys.SailGroup && target != "" {
		f.revisions[o.Ref.Name] = target
	}
}

// ResolveTag returns the revision that a tag points to. A revision is returned as it is.
func (f *Facts) ResolveTag(revision string) string {
	target, isTag := f.revisions[revision]
	if !isTag || target == revision {
		return revision
	}
	return cmp.Or(f.active[target], target)
}

// Injector returns the injector of a revision, or nil if it is not in the streams.
func (f *Facts) Injector(revision string) *Injector {
	var found *Injector
	for i := range f.Injectors {
		if injector := &f.Injectors[i]; injector.Revision == revision && (found == nil || injector.rank > found.rank) {
			found = injector
		}
	}
	return found
}

// Injector is the configuration of one of istiod's injectors.
type Injector struct {
	Object    manifest.Object // the ConfigMap, or the object from which istiod is installed
	Revision  string
	Templates map[string]istiod.Template
	Defaults  []string // the templates for pods that do not name any
	CNI       bool     // Istio's CNI plugin redirects traffic, instead of istio-init
	Version   istiod.Version

	rank rank
}

// TemplateField returns the path of a template in the object.
func (i Injector) TemplateField(name string) string {
	if _, installs := installer.Of(i.Object); installs {
		return strings.Join(append(slices.Clone(installer.TemplatesPath), name), ".")
	}
	return "data.config: templates." + name
}

// readTemplates reads the injector's own templates, which stand below a line.
func (i *Injector) readTemplates(templates *yaml.Node, line int) {
	for _, name := range yamledit.Keys(templates) {
		node := yamledit.Lookup(templates, name)
		t := istiod.NewTemplate(yamledit.Text(node), line+node.Line)
		t.Null = yamledit.IsNull(node)
		i.Templates[name] = t
	}
}

// gatherInstaller records what the chart renders from an object from which istiod is installed. The chart's own templates are in no
// manifest then.
func (f *Facts) gatherInstaller(o manifest.Object) {
	from, installs := installer.Of(o)
	revision, known := from.Revision()
	if !installs || !known {
		return
	}
	revision = cmp.Or(revision, DefaultRevision)
	if o.Ref.Kind == keys.Istio && revision != o.Ref.Name {
		f.active[o.Ref.Name] = revision
	}
	for _, tag := range from.Tags() {
		f.revisions[tag] = revision
	}
	s := newSettings(from.Setting)
	s.RootNamespace = cmp.Or(s.RootNamespace, from.Namespace())
	f.keepSettings(revision, false, s)
	i := Injector{Object: o, Revision: revision, Templates: map[string]istiod.Template{}, Defaults: from.DefaultTemplates(), CNI: from.HasCNI(),
		Version: istiod.NewVersion(from.Version()), rank: f.rank(false)}
	for _, name := range slices.Concat(keys.PodTemplates, keys.GatewayClassTemplates) {
		i.Templates[name], _ = istiod.ChartTemplate(name)
	}
	i.readTemplates(from.Templates(), 0)
	f.Injectors = append(f.Injectors, i)
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
	i := Injector{Object: o, Revision: revision, Templates: map[string]istiod.Template{}, rank: f.rank(true)}
	i.readTemplates(yamledit.Lookup(config.Root(), "templates"), scalar.Line)
	i.Defaults = yamledit.Texts(yamledit.Lookup(config.Root(), "defaultTemplates"))
	values := istiod.ReadChartValues([]byte(yamledit.Text(yamledit.Lookup(o.Node, "data", "values"))))
	i.CNI, i.Version = values.CNI, istiod.NewVersion(values.Tag)
	if !i.Version.IsKnown() {
		i.Version = istiod.NewVersion(o.Label(keys.AppVersion))
	}
	f.Injectors = append(f.Injectors, i)
}

// WithTemplates returns a copy of the facts in which each injector has the templates that missing returns for it.
func (f *Facts) WithTemplates(missing func(Injector) map[string]istiod.Template) *Facts {
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

// WithSocketFile returns a copy of the facts in which the settings that come from the object of an injector name a socket file, if they did
// not and sets says so.
func (f *Facts) WithSocketFile(file string, sets func(manifest.Object) bool) *Facts {
	changed := *f
	changed.settings = maps.Clone(f.settings)
	for _, i := range f.Injectors {
		if s := f.settings[i.Revision]; s.SocketFile == "" && s.rank == i.rank && sets(i.Object) {
			s.SocketFile = file
			changed.settings[i.Revision] = s
		}
	}
	return &changed
}

// RevisionsWithSettings lists the revisions of istiod whose settings are known, in alphabetical order.
func (f *Facts) RevisionsWithSettings() []string { return slices.Sorted(maps.Keys(f.settings)) }
