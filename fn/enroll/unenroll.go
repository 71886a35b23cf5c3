package enroll

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Unenroll queues the edits that undo Enroll, and returns the paths of the removed fields and what is kept. A gateway keeps the settings
// that make it one, because it cannot run without injection. A label that the workload's selector asks for stays, for without it the API
// server refuses the workload.
func (e *Enroller) Unenroll(p manifest.PodTemplate) (changes []string, kept []Kept, err error) {
	w := &remover{PodTemplate: p, Enroller: e}
	if p.IsMade {
		err := w.unenrollGateway()
		return w.changes, nil, err
	}
	if !p.IsGateway() {
		if err := w.removeEntry("labels", keys.Inject, "true"); err != nil {
			return nil, nil, err
		}
	}
	for _, remove := range []func() error{w.removeIdentity, w.removeRevision, w.removeTemplates, w.removeNativeSidecar,
		w.removeSocketFile, w.removeVolumes, w.removeWorkloadAPI} {
		if err := remove(); err != nil {
			return nil, nil, err
		}
	}
	return w.changes, w.kept, nil
}

// remover removes the mesh settings of one pod.
type remover struct {
	manifest.PodTemplate
	*Enroller
	changes []string
	kept    []Kept
}

func (w *remover) removeIdentity() error {
	identity := w.Enroller.Spec.IdentityLabel
	return w.removeEntry("labels", identity.Key, identity.Value)
}

func (w *remover) removeRevision() error {
	return w.removeEntry("labels", keys.Revision, yamledit.Text(w.PodLabel(keys.Revision)))
}

func (w *remover) removeNativeSidecar() error {
	if !w.IsJob() {
		return nil
	}
	return w.removeEntry("annotations", keys.NativeSidecar, "true")
}

// removeTemplates removes the configured names from the annotation, and the annotation if no name is left.
func (w *remover) removeTemplates() error {
	existing := yamledit.Text(w.PodAnnotation(keys.Templates))
	if existing == "" {
		return nil
	}
	ours := slices.Concat(w.Enroller.Spec.Templates.Sidecar, w.Enroller.Spec.Templates.Gateway)
	isOurs := func(name string) bool { return slices.Contains(ours, strings.TrimSpace(name)) }
	names := strings.Split(existing, ",")
	base := w.Enroller.Spec.Templates.Sidecar[0] // stays if other names are left, because they build on it
	if w.IsGateway() {
		base = keys.GatewayTemplate
	} else if !slices.ContainsFunc(names, func(name string) bool { return !isOurs(name) }) {
		base = ""
	}
	kept := slices.DeleteFunc(names, func(name string) bool { return isOurs(name) && strings.TrimSpace(name) != base })
	if len(kept) == 0 {
		return w.removeEntry("annotations", keys.Templates, existing)
	}
	if left := strings.Join(kept, ","); left != existing {
		annotations := yamledit.Lookup(w.Metadata(), "annotations")
		w.change("annotations", keys.Templates)
		return w.Doc.Merge(annotations, yamledit.Map(yamledit.Entry{Key: keys.Templates, Value: yamledit.String(left)}))
	}
	return nil
}

// removeSocketFile removes the socket file from the proxy's configuration, and what is empty then.
func (w *remover) removeSocketFile() error {
	config := yamledit.Text(w.PodAnnotation(keys.ProxyConfig))
	if !strings.Contains(config, keys.SocketFileEnv) {
		return nil
	}
	annotations, inner, err := embeddedProxyConfig(w.PodTemplate)
	if err != nil {
		return err
	}
	proxyMetadata := yamledit.Lookup(inner.Root(), "proxyMetadata")
	if yamledit.Lookup(proxyMetadata, keys.SocketFileEnv) == nil {
		return nil
	}
	if len(inner.Root().Content) == 2 && len(proxyMetadata.Content) == 2 {
		return w.removeEntry("annotations", keys.ProxyConfig, config)
	}
	w.change("annotations", keys.ProxyConfig)
	if err := inner.Remove(proxyMetadata, keys.SocketFileEnv); err != nil {
		return &FieldError{w.AnnotationField(keys.ProxyConfig), err}
	}
	return w.Doc.SetEmbedded(annotations, keys.ProxyConfig, inner)
}

func (w *remover) removeVolumes() error {
	names := []string{keys.SocketVolume}
	if w.Enroller.Spec.WorkloadAPI != nil {
		names = append(names, keys.WorkloadAPIVolume)
	}
	for _, name := range names {
		volume := w.Volume(name)
		if yamledit.Text(yamledit.Lookup(volume, "csi", "driver")) != w.Enroller.Spec.WorkloadSocket.CSI.Driver {
			continue
		}
		w.changes = append(w.changes, w.VolumeField(name))
		if err := w.Doc.RemoveItem(yamledit.Lookup(w.PodTemplate.Spec(), "volumes"), volume); err != nil {
			return err
		}
	}
	return nil
}

func (w *remover) removeWorkloadAPI() error {
	if w.Enroller.Spec.WorkloadAPI == nil {
		return nil
	}
	for i, container := range w.Containers() {
		for _, part := range [][2]string{{"env", keys.WorkloadAPIEnv}, {"volumeMounts", keys.WorkloadAPIVolume}} {
			list := yamledit.Lookup(container, part[0])
			item := manifest.Named(list, part[1])
			if item == nil {
				continue
			}
			w.changes = append(w.changes, fieldpath.Key(fieldpath.Join(fieldpath.Index(fieldpath.Join(w.SpecField(), "containers"), i), part[0]), part[1]))
			if err := w.Doc.RemoveItem(list, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeEntry removes a label or an annotation if it has the given value.
func (w *remover) removeEntry(section, name, value string) error {
	mapping := yamledit.Lookup(w.Metadata(), section)
	if value == "" || yamledit.Text(yamledit.Lookup(mapping, name)) != value {
		return nil
	}
	if section == "labels" && w.IsInSelector(name) {
		w.kept = append(w.kept, Kept{name, w.PodLabel(name), w.LabelField(name)})
		return nil
	}
	w.change(section, name)
	return w.Doc.Remove(mapping, name)
}

func (w *remover) change(section, name string) {
	w.changes = append(w.changes, w.EntryField(section, name))
}
