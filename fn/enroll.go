package fn

import (
	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// enrollment gathers what one pod lacks.
type enrollment struct {
	pod
	t           *Transformer
	role        Role
	labels      []yamledit.Entry
	annotations []yamledit.Entry
	volumes     []*yaml.Node
	changes     []string
	findings    []Finding
}

// enroll queues the edits that give a pod its mesh settings.
func (t *Transformer) enroll(p pod, role Role) (*enrollment, error) {
	e := &enrollment{pod: p, t: t, role: role}
	e.wantLabels()
	e.wantTemplates()
	e.wantNativeSidecar()
	for _, want := range []func() error{e.wantSocketFile, e.wantSocketVolume, e.wantWorkloadAPI} {
		if err := want(); err != nil {
			return nil, err
		}
	}
	return e, e.merge(e.metadataPatch(), e.specPatch())
}

func (e *enrollment) wantLabels() {
	identity := e.t.spec.IdentityLabel
	e.wantLabel(injectKey, "true")
	e.wantLabel(identity.Key, identity.Value)
	switch revision := text(e.podLabel(revisionKey)); {
	case e.t.spec.Revision == "":
	case revision == "":
		e.wantLabel(revisionKey, e.t.spec.Revision)
	case revision != e.t.spec.Revision:
		e.find(RevisionDiffers, e.podLabel(revisionKey), key(join(e.metadataField(), "labels"), revisionKey))
	}
}

// wantTemplates completes the injection templates. Where the pod brings the workload socket itself, a sidecar needs no
// annotation: istiod's default is the sidecar template.
func (e *enrollment) wantTemplates() {
	wanted := e.t.spec.Templates.Sidecar
	if e.role == Gateway {
		wanted = e.t.spec.Templates.Gateway
	}
	existing := e.podAnnotation(templatesKey)
	if e.t.spec.WorkloadSocket.Provider == PodSocket {
		if wanted = wanted[:1]; existing == nil && e.role == Sidecar {
			return
		}
	}
	e.wantAnnotation(templatesKey, completeTemplates(text(existing), wanted))
}

// wantNativeSidecar lets jobs end: a sidecar among a pod's containers would outlive the job's own.
func (e *enrollment) wantNativeSidecar() {
	if !e.isJob() || e.role == Gateway {
		return
	}
	switch native := e.podAnnotation(nativeKey); {
	case yamledit.IsNull(native):
		e.wantAnnotation(nativeKey, "true")
	case text(native) == "false":
		e.find(JobNeverCompletes, native, key(join(e.metadataField(), "annotations"), nativeKey))
	}
}

func (p pod) isJob() bool { return p.ref.Kind == "Job" || p.ref.Kind == "CronJob" }

func (e *enrollment) wantLabel(name, value string) {
	e.labels = e.want("labels", e.labels, e.podLabel(name), name, value)
}

func (e *enrollment) wantAnnotation(name, value string) {
	e.annotations = e.want("annotations", e.annotations, e.podAnnotation(name), name, value)
}

// want adds an entry where the pod does not have it, as a string: the API server refuses the boolean true.
func (e *enrollment) want(section string, entries []yamledit.Entry, existing *yaml.Node, name, value string) []yamledit.Entry {
	if existing != nil && text(existing) == value && existing.ShortTag() == "!!str" {
		return entries
	}
	e.changed(key(join(e.metadataField(), section), name))
	return append(entries, yamledit.Entry{Key: name, Value: yamledit.String(value)})
}

func (e *enrollment) changed(field string) { e.changes = append(e.changes, field) }

func (e *enrollment) metadataPatch() *yaml.Node {
	var sections []yamledit.Entry
	if len(e.labels) > 0 {
		sections = append(sections, yamledit.Entry{Key: "labels", Value: yamledit.Map(e.labels...)})
	}
	if len(e.annotations) > 0 {
		sections = append(sections, yamledit.Entry{Key: "annotations", Value: yamledit.Map(e.annotations...)})
	}
	if sections == nil {
		return nil
	}
	return yamledit.Map(sections...)
}

func (e *enrollment) specPatch() *yaml.Node {
	if len(e.volumes) == 0 {
		return nil
	}
	return yamledit.Map(yamledit.Entry{Key: "volumes", Value: yamledit.List(e.volumes...)})
}
