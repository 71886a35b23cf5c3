package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
)

// withdrawal takes the mesh settings of one pod away.
type withdrawal struct {
	pod
	t       *Transformer
	changes []string
}

// unenroll queues the edits that undo enroll, and returns the fields that go. A gateway keeps what makes it one: without
// injection it would not run at all.
func (t *Transformer) unenroll(p pod) ([]string, error) {
	w := &withdrawal{pod: p, t: t}
	if !p.isGateway() {
		if err := w.removeEntry("labels", injectKey, "true"); err != nil {
			return nil, err
		}
	}
	for _, remove := range []func() error{w.removeIdentity, w.removeRevision, w.removeTemplates, w.removeNativeSidecar,
		w.removeSocketFile, w.removeVolumes, w.removeWorkloadAPI} {
		if err := remove(); err != nil {
			return nil, err
		}
	}
	return w.changes, nil
}

func (w *withdrawal) removeIdentity() error {
	identity := w.t.spec.IdentityLabel
	return w.removeEntry("labels", identity.Key, identity.Value)
}

func (w *withdrawal) removeRevision() error {
	return w.removeEntry("labels", revisionKey, text(w.podLabel(revisionKey)))
}

func (w *withdrawal) removeNativeSidecar() error {
	if !w.isJob() {
		return nil
	}
	return w.removeEntry("annotations", nativeKey, "true")
}

// removeTemplates takes the wanted names out of the annotation, and the annotation away where no name is left.
func (w *withdrawal) removeTemplates() error {
	existing := text(w.podAnnotation(templatesKey))
	if existing == "" {
		return nil
	}
	ours := slices.Concat(w.t.spec.Templates.Sidecar, w.t.spec.Templates.Gateway)
	isOurs := func(name string) bool { return slices.Contains(ours, strings.TrimSpace(name)) }
	names := strings.Split(existing, ",")
	base := w.t.spec.Templates.Sidecar[0] // stays with names that are not ours, which build on it
	if w.isGateway() {
		base = gatewayTemplate
	} else if !slices.ContainsFunc(names, func(name string) bool { return !isOurs(name) }) {
		base = ""
	}
	kept := slices.DeleteFunc(names, func(name string) bool { return isOurs(name) && strings.TrimSpace(name) != base })
	if len(kept) == 0 {
		return w.removeEntry("annotations", templatesKey, existing)
	}
	if left := strings.Join(kept, ","); left != existing {
		annotations := yamledit.Lookup(w.metadata(), "annotations")
		w.changed("annotations", templatesKey)
		return w.doc.Merge(annotations, yamledit.Map(yamledit.Entry{Key: templatesKey, Value: yamledit.String(left)}))
	}
	return nil
}

// removeSocketFile takes the socket file out of the proxy's configuration, and what is left empty by that.
func (w *withdrawal) removeSocketFile() error {
	config := text(w.podAnnotation(proxyConfigKey))
	if !strings.Contains(config, socketFileEnv) {
		return nil
	}
	annotations := yamledit.Lookup(w.metadata(), "annotations")
	field := key(join(w.metadataField(), "annotations"), proxyConfigKey)
	inner, err := w.doc.Embed(annotations, proxyConfigKey)
	if err != nil {
		return &fieldError{field, err}
	}
	proxyMetadata := yamledit.Lookup(inner.Root(), "proxyMetadata")
	if yamledit.Lookup(proxyMetadata, socketFileEnv) == nil {
		return nil
	}
	if len(inner.Root().Content) == 2 && len(proxyMetadata.Content) == 2 {
		return w.removeEntry("annotations", proxyConfigKey, config)
	}
	w.changed("annotations", proxyConfigKey)
	if err := inner.Remove(proxyMetadata, socketFileEnv); err != nil {
		return &fieldError{field, err}
	}
	return w.doc.SetEmbedded(annotations, proxyConfigKey, inner)
}

func (w *withdrawal) removeVolumes() error {
	names := []string{socketVolume}
	if w.t.spec.WorkloadAPI != nil {
		names = append(names, workloadAPIName)
	}
	for _, name := range names {
		volume := w.volume(name)
		if text(yamledit.Lookup(yamledit.Lookup(volume, "csi"), "driver")) != w.t.spec.WorkloadSocket.CSI.Driver {
			continue
		}
		w.changes = append(w.changes, key(join(w.specField(), "volumes"), name))
		if err := w.doc.RemoveItem(yamledit.Lookup(w.spec(), "volumes"), volume); err != nil {
			return err
		}
	}
	return nil
}

func (w *withdrawal) removeWorkloadAPI() error {
	if w.t.spec.WorkloadAPI == nil {
		return nil
	}
	for i, container := range w.containers() {
		for _, part := range [][2]string{{"env", workloadAPIEnv}, {"volumeMounts", workloadAPIName}} {
			list := yamledit.Lookup(container, part[0])
			item := named(list, part[1])
			if item == nil {
				continue
			}
			w.changes = append(w.changes, key(join(index(join(w.specField(), "containers"), i), part[0]), part[1]))
			if err := w.doc.RemoveItem(list, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeEntry takes a label or an annotation away where it has the value.
func (w *withdrawal) removeEntry(section, name, value string) error {
	mapping := yamledit.Lookup(w.metadata(), section)
	if value == "" || text(yamledit.Lookup(mapping, name)) != value {
		return nil
	}
	w.changed(section, name)
	return w.doc.Remove(mapping, name)
}

func (w *withdrawal) changed(section, name string) {
	w.changes = append(w.changes, key(join(w.metadataField(), section), name))
}
