package fn

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// istiod keeps its injection templates in a ConfigMap, as YAML in a block scalar with templates that are block scalars
// again, and the mesh's settings in another (istio-discovery chart: istiod-injector-configmap.yaml, configmap.yaml).
const (
	injectorName = "istio-sidecar-injector"
	meshName     = "istio"
)

// defaultTrustDomain is what istiod's chart writes where nobody chose a trust domain.
const defaultTrustDomain = "cluster.local"

// revisionOf returns the revision of istiod that a ConfigMap of the name or name-revision belongs to.
func revisionOf(o object, name string) (string, bool) {
	if o.ref.Kind != "ConfigMap" || o.ref.APIVersion != "v1" {
		return "", false
	}
	if o.ref.Name == name {
		return "default", true
	}
	return strings.CutPrefix(o.ref.Name, name+"-")
}

// mesh is what istiod's settings say about pods.
type mesh struct {
	trustDomain   string
	aliases       []string
	rootNamespace string
	socketFile    string
	holds         bool // applications until their proxies have started
	mergesNoPort  bool // of an application's metrics
}

func (f *facts) gatherMesh(o object) {
	revision, ok := revisionOf(o, meshName)
	settings := lookup(o.node, "data", "mesh")
	if _, isInjector := revisionOf(o, injectorName); !ok || isInjector || settings == nil {
		return
	}
	doc, err := yamledit.Parse([]byte(text(settings)))
	if err != nil {
		return
	}
	m := mesh{
		trustDomain:   text(lookup(doc.Root(), "trustDomain")),
		rootNamespace: text(lookup(doc.Root(), "rootNamespace")),
		socketFile:    text(lookup(doc.Root(), "defaultConfig", "proxyMetadata", socketFileEnv)),
		holds:         text(lookup(doc.Root(), "defaultConfig", "holdApplicationUntilProxyStarts")) == "true",
		mergesNoPort:  text(lookup(doc.Root(), "enablePrometheusMerge")) == "false",
	}
	for _, alias := range items(lookup(doc.Root(), "trustDomainAliases")) {
		m.aliases = append(m.aliases, text(alias))
	}
	f.meshes[revision] = m
}

// socketTemplate is an injection template that mounts the CSI driver: its volume only, for the base template mounts it
// into the proxy, wherever that stands. The base of gateways before Istio 1.27 makes the volume an emptyDir, which a
// null clears.
func (t *Transformer) socketTemplate(role Role) string {
	csi := t.spec.WorkloadSocket.CSI
	text := "spec:\n  volumes:\n    - name: " + socketVolume + "\n"
	if role == Gateway {
		text += "      emptyDir: null\n"
	}
	return text + "      csi:\n        driver: \"" + csi.Driver + "\"\n        readOnly: true\n"
}

// socketTemplates are the templates that an injector needs: the last of those that a pod asks for, by role.
func (t *Transformer) socketTemplates() []yamledit.Entry {
	var entries []yamledit.Entry
	for _, role := range []Role{Sidecar, Gateway} {
		names := t.spec.Templates.Sidecar
		if role == Gateway {
			names = t.spec.Templates.Gateway
		}
		if len(names) > 1 {
			entries = append(entries, yamledit.Entry{Key: names[len(names)-1], Value: yamledit.String(t.socketTemplate(role))})
		}
	}
	return entries
}

// istiod gives istiod's ConfigMaps what pods with the templates spire and spire-gw need, and the trust domain. It returns
// the changed fields.
func (t *Transformer) istiod(o object) ([]string, error) {
	if !t.configures(o) {
		return nil, nil
	}
	data := yamledit.Lookup(o.node, "data")
	if _, ok := revisionOf(o, injectorName); ok && t.spec.WorkloadSocket.Provider == TemplateSocket {
		return t.edit(o, data, "config", t.patchTemplates)
	}
	if _, ok := revisionOf(o, meshName); ok && t.spec.TrustDomain != "" && t.spec.Mode != Unenroll {
		return t.edit(o, data, "mesh", t.patchTrustDomain)
	}
	return nil, nil
}

// configures says whether a ConfigMap is selected: by all, by a target, or by a mark of its own.
func (t *Transformer) configures(o object) bool {
	p := pod{object: o, template: o.node}
	enroll := o.annotation(enrollKey)
	switch {
	case o.isLocalConfig() || enroll == "false" || matchAny(t.exclude, p):
		return false
	case len(t.targets) > 0:
		return matchAny(t.targets, p)
	}
	return t.spec.All || enroll == "true" || t.spec.Mode == Unenroll
}

// edit changes the document that stands in one of the ConfigMap's values.
func (t *Transformer) edit(o object, data *yaml.Node, name string, patch func(*yamledit.Document) ([]string, error)) ([]string, error) {
	if yamledit.Lookup(data, name) == nil {
		return nil, nil
	}
	field := join("data", name)
	inner, err := o.doc.Embed(data, name)
	if err != nil {
		return nil, &fieldError{field, err}
	}
	if inner.Root() == nil || inner.Root().Kind != yaml.MappingNode {
		return nil, nil
	}
	changes, err := patch(inner)
	if err == nil && len(changes) > 0 {
		err = o.doc.SetEmbedded(data, name, inner)
	}
	if err != nil {
		return nil, &fieldError{field, err}
	}
	return changes, nil
}

// patchTemplates adds the socket templates that the injector lacks; one of that name is respected, whatever it says. A
// null says nothing, and is filled.
func (t *Transformer) patchTemplates(config *yamledit.Document) ([]string, error) {
	templates := yamledit.Lookup(config.Root(), "templates")
	if templates == nil || templates.Kind != yaml.MappingNode {
		return nil, nil
	}
	var missing []yamledit.Entry
	var changes, ours []string
	for _, entry := range t.socketTemplates() {
		existing := yamledit.Lookup(templates, entry.Key)
		switch {
		case t.spec.Mode == Unenroll && existing != nil && text(existing) == entry.Value.Value:
			ours = append(ours, entry.Key)
		case t.spec.Mode == Unenroll || !yamledit.IsNull(existing):
			continue
		default:
			missing = append(missing, entry)
		}
		changes = append(changes, "data.config: templates."+entry.Key)
	}
	if len(ours) > 0 {
		return changes, config.Remove(templates, ours...)
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return changes, config.Merge(templates, yamledit.Map(missing...))
}

// patchTrustDomain sets the mesh's trust domain where nobody chose one. Another one that was chosen is respected.
func (t *Transformer) patchTrustDomain(mesh *yamledit.Document) ([]string, error) {
	if existing := text(yamledit.Lookup(mesh.Root(), "trustDomain")); !slices.Contains([]string{"", defaultTrustDomain}, existing) ||
		existing == t.spec.TrustDomain {
		return nil, nil
	}
	return []string{"data.mesh: trustDomain"},
		mesh.Merge(mesh.Root(), yamledit.Map(yamledit.Entry{Key: "trustDomain", Value: yamledit.Plain(t.spec.TrustDomain)}))
}
