package enroll

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/istiod"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// socketTemplate returns an injection template with only the volume of the CSI driver. The base template mounts the volume into
// the proxy, under containers or initContainers. Before Istio 1.27 the base template of gateways makes the volume an emptyDir,
// which the null removes.
func (e *Enroller) socketTemplate(role outcome.Role) string {
	csi := e.Spec.WorkloadSocket.CSI
	text := "spec:\n  volumes:\n    - name: " + keys.SocketVolume + "\n"
	if role == outcome.Gateway {
		text += "      emptyDir: null\n"
	}
	return text + "      csi:\n        driver: \"" + csi.Driver + "\"\n        readOnly: true\n"
}

// socketTemplates returns the templates that an injector needs: for each role, the last one that a pod asks for.
func (e *Enroller) socketTemplates() []yamledit.Entry {
	var entries []yamledit.Entry
	for _, role := range []outcome.Role{outcome.Sidecar, outcome.Gateway} {
		names := e.Spec.Templates.Sidecar
		if role == outcome.Gateway {
			names = e.Spec.Templates.Gateway
		}
		if len(names) > 1 {
			entries = append(entries, yamledit.Entry{Key: names[len(names)-1], Value: yamledit.String(e.socketTemplate(role))})
		}
	}
	return entries
}

// PatchIstiod queues the edits that add the socket templates and the trust domain to istiod's ConfigMaps, or to the object from which
// istiod is installed. It returns the paths of the changed fields.
func (e *Enroller) PatchIstiod(o manifest.Object) ([]string, error) {
	if !e.Configures(o) {
		return nil, nil
	}
	if i, installs := installer.Of(o); installs {
		return e.patchInstaller(i)
	}
	data := yamledit.Lookup(o.Node, "data")
	if _, ok := mesh.RevisionOf(o, mesh.InjectorName); ok && e.Spec.WorkloadSocket.Provider == config.TemplateSocket {
		return e.edit(o, data, "config", e.patchTemplates)
	}
	if _, ok := mesh.RevisionOf(o, mesh.SettingsName); ok && e.Spec.TrustDomain != "" && e.Spec.Mode != config.Unenroll {
		return e.edit(o, data, "mesh", e.patchTrustDomain)
	}
	return nil, nil
}

// Configures says whether an object with istiod's configuration is selected: by all, by a target, or by its own mark for enrollment.
func (e *Enroller) Configures(o manifest.Object) bool {
	p := manifest.PodTemplate{Object: o, Template: o.Node}
	enroll := o.Annotation(keys.Enroll)
	switch {
	case o.IsLocalConfig() || saysNo(enroll) || e.exclude.Match(p):
		return false
	case len(e.targets) > 0:
		return e.targets.Match(p)
	}
	return e.Spec.All || enroll == "true" || e.Spec.Mode == config.Unenroll
}

// edit changes the YAML document in one of the ConfigMap's values.
func (e *Enroller) edit(o manifest.Object, data *yaml.Node, name string, patch func(*yamledit.Document) ([]string, error)) ([]string, error) {
	if yamledit.Lookup(data, name) == nil {
		return nil, nil
	}
	field := fieldpath.Join("data", name)
	inner, err := o.Doc.Embed(data, name)
	if err != nil {
		return nil, &FieldError{field, err}
	}
	if inner.Root() == nil || inner.Root().Kind != yaml.MappingNode {
		return nil, nil
	}
	changes, err := patch(inner)
	if err == nil && len(changes) > 0 {
		err = o.Doc.SetEmbedded(data, name, inner)
	}
	if err != nil {
		return nil, &FieldError{field, err}
	}
	return changes, nil
}

// patchTemplates adds the socket templates that the injector lacks. It does not change an existing template of that name, unless
// it is null.
func (e *Enroller) patchTemplates(injector *yamledit.Document) ([]string, error) {
	templates := yamledit.Lookup(injector.Root(), "templates")
	if templates == nil || templates.Kind != yaml.MappingNode {
		return nil, nil
	}
	var missing []yamledit.Entry
	var changes, ours []string
	for _, entry := range e.socketTemplates() {
		existing := yamledit.Lookup(templates, entry.Key)
		switch {
		case e.Spec.Mode == config.Unenroll && existing != nil && yamledit.Text(existing) == entry.Value.Value:
			ours = append(ours, entry.Key)
		case e.Spec.Mode == config.Unenroll || !yamledit.IsNull(existing):
			continue
		default:
			missing = append(missing, entry)
		}
		changes = append(changes, "data.config: templates."+entry.Key)
	}
	if len(ours) > 0 {
		return changes, injector.Remove(templates, ours...)
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return changes, injector.Merge(templates, yamledit.Map(missing...))
}

// patchTrustDomain sets the mesh's trust domain if it is not set, or has the default value of istiod's chart.
func (e *Enroller) patchTrustDomain(settings *yamledit.Document) ([]string, error) {
	if !e.replacesTrustDomain(yamledit.Lookup(settings.Root(), "trustDomain")) {
		return nil, nil
	}
	return []string{"data.mesh: trustDomain"},
		settings.Merge(settings.Root(), yamledit.Map(yamledit.Entry{Key: "trustDomain", Value: yamledit.Plain(e.Spec.TrustDomain)}))
}

func (e *Enroller) replacesTrustDomain(node *yaml.Node) bool {
	existing := yamledit.Text(node)
	return e.Spec.TrustDomain != "" && existing != e.Spec.TrustDomain && (existing == "" || existing == mesh.DefaultTrustDomain)
}

// FactsAfterEnrollment returns the facts about the output, in which istiod's injectors have what enrollment adds to them.
func (e *Enroller) FactsAfterEnrollment(facts *mesh.Facts) *mesh.Facts {
	if e.Spec.Mode != config.Enroll {
		return facts
	}
	if file := e.Spec.WorkloadSocket.File; file != "" {
		facts = facts.WithSocketFile(file, func(o manifest.Object) bool {
			_, installs := installer.Of(o)
			return installs && e.Configures(o)
		})
	}
	if e.Spec.WorkloadSocket.Provider != config.TemplateSocket {
		return facts
	}
	return facts.WithTemplates(func(i mesh.Injector) map[string]istiod.Template {
		if len(i.Templates) == 0 || !e.Configures(i.Object) {
			return nil
		}
		added := map[string]istiod.Template{}
		for _, template := range e.socketTemplates() {
			added[template.Key] = istiod.NewTemplate(template.Value.Value, 0)
		}
		return added
	})
}
