package enroll

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Plan says what enrollment adds to a pod. A nil Plan adds nothing.
type Plan struct {
	// Changes are the paths of the fields that are added, completed or rewritten.
	Changes []string
	// Kept are the pod's own settings that differ from the configured ones, and are not changed.
	Kept []Kept
	// Overlay is the ConfigMap to add beside a Gateway, or nil.
	Overlay *Addition

	labels      []yamledit.Entry
	annotations []yamledit.Entry
	volumes     []*yaml.Node
}

// Kept is a setting of the pod that is not changed, although the configuration has another value.
type Kept struct {
	Name  string // of the label, annotation or environment variable
	Node  *yaml.Node
	Field string
}

// Label returns the value of a label that the plan adds.
func (p *Plan) Label(name string) (string, bool) {
	if p == nil {
		return "", false
	}
	return valueOf(p.labels, name)
}

// Annotation returns the value of an annotation that the plan adds.
func (p *Plan) Annotation(name string) (string, bool) {
	if p == nil {
		return "", false
	}
	return valueOf(p.annotations, name)
}

func valueOf(entries []yamledit.Entry, name string) (string, bool) {
	for _, e := range entries {
		if e.Key == name {
			return e.Value.Value, true
		}
	}
	return "", false
}

// Labels returns the labels that the plan adds.
func (p *Plan) Labels() []yamledit.Entry {
	if p == nil {
		return nil
	}
	return p.labels
}

// Rewrites says whether the plan adds or changes a field.
func (p *Plan) Rewrites(field string) bool { return p != nil && slices.Contains(p.Changes, field) }

// Enroll queues the edits that give a pod its mesh settings.
func (e *Enroller) Enroll(p manifest.PodTemplate, role outcome.Role, facts *mesh.Facts) (*Plan, error) {
	w := &planner{PodTemplate: p, Enroller: e, role: role}
	if p.IsMade {
		return &w.Plan, w.enrollGateway(facts)
	}
	w.wantLabels()
	w.wantTemplates()
	w.wantNativeSidecar()
	for _, want := range []func() error{w.wantSocketFile, w.wantSocketVolume, w.wantWorkloadAPI} {
		if err := want(); err != nil {
			return nil, err
		}
	}
	return &w.Plan, w.Merge(w.metadataPatch(), w.specPatch())
}

// planner collects what one pod lacks.
type planner struct {
	manifest.PodTemplate
	*Enroller
	Plan
	role outcome.Role
}

func (w *planner) wantLabels() {
	identity := w.Enroller.Spec.IdentityLabel
	w.wantLabel(keys.Inject, "true")
	w.wantLabel(identity.Key, identity.Value)
	switch revision := yamledit.Text(w.PodLabel(keys.Revision)); {
	case w.Enroller.Spec.Revision == "":
	case revision == "":
		w.wantLabel(keys.Revision, w.Enroller.Spec.Revision)
	case revision != w.Enroller.Spec.Revision:
		w.keep(keys.Revision, w.PodLabel(keys.Revision), w.LabelField(keys.Revision))
	}
}

// wantTemplates completes the injection templates. If the volume is in the pod, a sidecar needs no annotation, because istiod's
// default is the sidecar template.
func (w *planner) wantTemplates() {
	wanted := w.Enroller.Spec.Templates.Sidecar
	if w.role == outcome.Gateway {
		wanted = w.Enroller.Spec.Templates.Gateway
	}
	existing := w.PodAnnotation(keys.Templates)
	if w.Enroller.Spec.WorkloadSocket.Provider == config.PodSocket {
		if wanted = wanted[:1]; existing == nil && w.role == outcome.Sidecar {
			return
		}
	}
	w.wantAnnotation(keys.Templates, completeTemplates(yamledit.Text(existing), wanted))
}

// OtherBases are the injection templates of Istio that can replace the base.
var OtherBases = []string{keys.GRPCAgentTemplate, keys.GRPCSimpleTemplate}

// completeTemplates adds the wanted names (the base first) that an annotation lacks, and removes empty names, for which the
// injector refuses the pod. A complete annotation comes back unchanged.
func completeTemplates(annotation string, wanted []string) string {
	names := manifest.TemplateNames(annotation)
	has := func(name string) bool { return slices.Contains(names, name) }
	completed := annotation
	if len(names) < strings.Count(annotation, ",")+1 {
		completed = strings.Join(names, ",")
	}
	for i, name := range wanted {
		switch {
		case has(name):
		case i > 0 || completed == "":
			completed += "," + name
		case !slices.ContainsFunc(OtherBases, has):
			completed = name + "," + completed
		}
	}
	return strings.TrimPrefix(completed, ",")
}

// wantNativeSidecar makes the sidecar of a job a native one. An ordinary sidecar keeps running, so the job never completes.
func (w *planner) wantNativeSidecar() {
	if !w.IsJob() || w.role == outcome.Gateway {
		return
	}
	switch native := w.PodAnnotation(keys.NativeSidecar); {
	case yamledit.IsNull(native):
		w.wantAnnotation(keys.NativeSidecar, "true")
	case yamledit.Text(native) == "false":
		w.keep(keys.NativeSidecar, native, w.AnnotationField(keys.NativeSidecar))
	}
}

func (w *planner) wantLabel(name, value string) {
	w.labels = w.want("labels", w.labels, w.PodLabel(name), name, value)
}

func (w *planner) wantAnnotation(name, value string) {
	w.annotations = w.want("annotations", w.annotations, w.PodAnnotation(name), name, value)
}

// want adds an entry if the pod does not have it as a string. The API server refuses the boolean true.
func (w *planner) want(section string, entries []yamledit.Entry, existing *yaml.Node, name, value string) []yamledit.Entry {
	if existing != nil && yamledit.Text(existing) == value && existing.ShortTag() == "!!str" {
		return entries
	}
	w.change(w.EntryField(section, name))
	return append(entries, yamledit.Entry{Key: name, Value: yamledit.String(value)})
}

func (w *planner) change(field string) { w.Changes = append(w.Changes, field) }

func (w *planner) keep(name string, at *yaml.Node, field string) {
	w.Kept = append(w.Kept, Kept{name, at, field})
}

func (w *planner) metadataPatch() *yaml.Node {
	var sections []yamledit.Entry
	if len(w.labels) > 0 {
		sections = append(sections, yamledit.Entry{Key: "labels", Value: yamledit.Map(w.labels...)})
	}
	if len(w.annotations) > 0 {
		sections = append(sections, yamledit.Entry{Key: "annotations", Value: yamledit.Map(w.annotations...)})
	}
	if sections == nil {
		return nil
	}
	return yamledit.Map(sections...)
}

func (w *planner) specPatch() *yaml.Node {
	if len(w.volumes) == 0 {
		return nil
	}
	return yamledit.Map(yamledit.Entry{Key: "volumes", Value: yamledit.List(w.volumes...)})
}
