package manifest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// PodTemplate is a pod template, with the object that contains it.
type PodTemplate struct {
	Object
	Kind     Kind
	Field    string     // path of the template in the object
	Part     string     // what tells the template from others in the object, in lower case; empty if it is the only one
	Template *yaml.Node // with metadata and spec, or only the metadata; nil if it must be created

	// IsMade: istiod makes the pod of this object, a Gateway. Template is then what it makes, and not part of the document.
	IsMade bool

	created *creations // of the object
	parent  *yaml.Node // of a template that must be created in an item of a list
	missing []string   // the keys that lead from the parent to it
}

// infrastructure is the field of a Gateway that says what the pods get that istiod makes of it.
const infrastructure = "spec.infrastructure"

// MadeByIstiod returns the pod that istiod makes of a Gateway, given its template.
func MadeByIstiod(o Object, template *yaml.Node) PodTemplate {
	return PodTemplate{Object: o, Kind: Kind{path: strings.Split(infrastructure, "."), operated: &operated{}}, Field: infrastructure, Template: template, IsMade: true}
}

// PodTemplates finds the pod templates of an object, given the rows for its kind.
func PodTemplates(o Object, rows []Kind) []PodTemplate {
	var found []PodTemplate
	var created *creations
	if slices.ContainsFunc(rows, func(k Kind) bool { return k.CreateIfNotPresent }) {
		created = &creations{}
	}
	for _, k := range rows {
		if !k.NoTemplate && (k.unless == "" || at(o.Node, k.unless) == nil) {
			found = append(found, PodTemplate{Object: o, Kind: k, Template: o.Node, created: created}.find(k.path)...)
		}
	}
	if len(found) == 1 {
		found[0].Part = ""
	}
	return found
}

// find follows the rest of the path. A step that ends in [] leads to each item of a list.
func (p PodTemplate) find(path []string) []PodTemplate {
	if len(path) == 0 {
		if p.Template == nil || p.Template.Kind != yaml.MappingNode {
			return nil
		}
		return []PodTemplate{p}
	}
	step, isList := strings.CutSuffix(path[0], "[]")
	next := yamledit.Lookup(p.Template, step)
	field := fieldpath.Join(p.Field, step)
	if isList {
		var found []PodTemplate
		for i, item := range yamledit.Items(next) {
			one := p
			one.Template, one.Field = yamledit.Resolve(item), fieldpath.Index(field, i)
			one.Part = cmp.Or(yamledit.Text(yamledit.Lookup(item, "name")), strconv.Itoa(i))
			found = append(found, one.find(path[1:])...)
		}
		return found
	}
	if part := strings.ToLower(strings.TrimSuffix(step, "Template")); !slices.Contains(partless, part) {
		p.Part = part
	}
	if yamledit.IsNull(next) && p.mayCreate(path) {
		if strings.Contains(p.Kind.Path, "[]") {
			p.parent, p.missing = p.Template, path
		}
		p.Template = nil
		p.Field = fieldpath.Join(p.Field, strings.Join(path, "."))
		return []PodTemplate{p}
	}
	p.Template, p.Field = next, field
	return p.find(path[1:])
}

// partless are the steps that do not tell the templates of an object apart.
var partless = []string{"", "spec", "template", "pod", "metadata", "podmetadata"}

// mayCreate says whether to create the pod template, of whose path these steps are not there.
func (p PodTemplate) mayCreate(missing []string) bool {
	if !p.Kind.CreateIfNotPresent || slices.ContainsFunc(missing, func(step string) bool { return strings.HasSuffix(step, "[]") }) {
		return false
	}
	needed := at(p.Node, p.Kind.needs)
	return needed != nil && needed.Kind == yaml.MappingNode
}

// at returns the node at a path of an object, or nil; an empty path is the object.
func at(node *yaml.Node, path string) *yaml.Node { return yamledit.Lookup(node, steps(path)...) }

// IsWorkload says whether the pod template is part of a workload. Otherwise the object itself is the pod.
func (p PodTemplate) IsWorkload() bool { return len(p.Kind.path) > 0 }

// Metadata returns the pod's metadata, or nil.
func (p PodTemplate) Metadata() *yaml.Node {
	if p.Kind.MetadataOnly {
		return p.Template
	}
	return yamledit.Lookup(p.Template, "metadata")
}

// MetadataField returns the path of the pod's metadata in the object.
func (p PodTemplate) MetadataField() string {
	if p.Kind.MetadataOnly || p.IsMade {
		return p.Field
	}
	return fieldpath.Join(p.Field, "metadata")
}

// LabelField returns the path of one of the pod's labels.
func (p PodTemplate) LabelField(name string) string { return p.EntryField("labels", name) }

// AnnotationField returns the path of one of the pod's annotations.
func (p PodTemplate) AnnotationField(name string) string { return p.EntryField("annotations", name) }

// EntryField returns the path of an entry of the pod's labels or annotations.
func (p PodTemplate) EntryField(section, name string) string {
	return fieldpath.Key(fieldpath.Join(p.MetadataField(), section), name)
}

// Spec returns the pod's spec, or what the object has of it beside the pod's metadata, or nil.
func (p PodTemplate) Spec() *yaml.Node {
	switch {
	case !p.Kind.MetadataOnly:
		return yamledit.Lookup(p.Template, "spec")
	case p.Kind.spec == "":
		return nil
	}
	return at(p.Node, p.Kind.spec)
}

// SpecField returns the path of the pod's spec in the object. To the spec of pods that istiod makes, a reference leads.
func (p PodTemplate) SpecField() string {
	switch {
	case p.IsMade:
		return fieldpath.Join(p.Field, "parametersRef")
	case p.Kind.MetadataOnly:
		return strings.ReplaceAll(p.Kind.spec, "/", ".")
	}
	return fieldpath.Join(p.Field, "spec")
}

// TakesVolumes says whether the pod can be given volumes. Where the object has the fields of a whole spec beside the pod's metadata, none is
// created: the API server refuses it without containers.
func (p PodTemplate) TakesVolumes() bool {
	return !p.Kind.MetadataOnly || p.Kind.volumes && (p.Spec() != nil || !strings.HasSuffix(p.Kind.spec, "/spec"))
}

// VolumeField returns the path of one of the pod's volumes.
func (p PodTemplate) VolumeField(name string) string {
	if p.IsMade {
		return p.SpecField()
	}
	return fieldpath.Key(fieldpath.Join(p.SpecField(), "volumes"), name)
}

// PodLabel returns the node of one of the pod's labels, or nil.
func (p PodTemplate) PodLabel(key string) *yaml.Node {
	return yamledit.Lookup(p.Metadata(), "labels", key)
}

// PodAnnotation returns the node of one of the pod's annotations, or nil.
func (p PodTemplate) PodAnnotation(key string) *yaml.Node {
	return yamledit.Lookup(p.Metadata(), "annotations", key)
}

// Volume returns the pod's volume with this name, or nil.
func (p PodTemplate) Volume(name string) *yaml.Node {
	return Named(yamledit.Lookup(p.Spec(), "volumes"), name)
}

// IsJob says whether the pod belongs to a job, and so must complete.
func (p PodTemplate) IsJob() bool { return p.Kind.IsJob }

// IsOnHostNetwork says whether the pod uses the host's network. Istio never injects such a pod.
func (p PodTemplate) IsOnHostNetwork() bool {
	return yamledit.Text(yamledit.Lookup(p.Spec(), "hostNetwork")) == "true"
}

// IsGateway says whether a pod is recognized as a gateway: it asks for the gateway template, or its only container is an
// istio-proxy with the image auto. An istio-proxy next to other containers customizes a sidecar.
func (p PodTemplate) IsGateway() bool {
	if p.IsMade {
		return true
	}
	if templates := yamledit.Text(p.PodAnnotation(keys.Templates)); templates != "" {
		return slices.Contains(TemplateNames(templates), keys.GatewayTemplate)
	}
	containers := p.Containers()
	return !p.Kind.MetadataOnly && len(containers) == 1 && yamledit.Text(yamledit.Lookup(containers[0], "name")) == keys.ProxyContainer &&
		yamledit.Text(yamledit.Lookup(containers[0], "image")) == "auto"
}

// TemplateNames splits the annotation inject.istio.io/templates as the injector does. Empty names are left out.
func TemplateNames(annotation string) []string {
	var names []string
	for _, name := range strings.Split(annotation, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Selector returns the labels that select the workload's pods: its own selector or, without one, the pod's labels without the
// mesh's. It returns nil if an operator adds labels of its own, by which alone its pods are told from others.
func (p PodTemplate) Selector(identityKey string) map[string]string {
	selector := yamledit.Lookup(p.Node, "spec", "selector")
	if p.IsWorkload() && selector != nil {
		matchLabels := yamledit.Lookup(selector, "matchLabels")
		if matchLabels == nil && yamledit.Lookup(selector, "matchExpressions") == nil {
			matchLabels = selector // ReplicationController and DeploymentConfig
		}
		if values := StringMap(matchLabels); values != nil && yamledit.Lookup(selector, "matchExpressions") == nil {
			return values
		}
	}
	if p.Kind.MetadataOnly || p.Kind.CreateIfNotPresent {
		return nil // these labels are added to the operator's own, and other pods may have them too
	}
	values := StringMap(yamledit.Lookup(p.Metadata(), "labels"))
	maps.DeleteFunc(values, func(name, _ string) bool {
		return slices.Contains([]string{keys.Inject, keys.Revision, identityKey}, name)
	})
	return values
}

// IsInSelector says whether the workload's own selector asks for a label.
func (p PodTemplate) IsInSelector(name string) bool {
	selector := yamledit.Lookup(p.Node, "spec", "selector")
	if !p.IsWorkload() || yamledit.Lookup(selector, name) != nil || yamledit.Lookup(selector, "matchLabels", name) != nil {
		return p.IsWorkload()
	}
	return slices.ContainsFunc(yamledit.Items(yamledit.Lookup(selector, "matchExpressions")), func(expression *yaml.Node) bool {
		operator := yamledit.Text(yamledit.Lookup(expression, "operator"))
		return yamledit.Text(yamledit.Lookup(expression, "key")) == name && (operator == "In" || operator == "Exists")
	})
}

// Named returns the mapping in a sequence whose name is the given one, or nil.
func Named(sequence *yaml.Node, name string) *yaml.Node {
	if sequence == nil || sequence.Kind != yaml.SequenceNode {
		return nil
	}
	for _, item := range sequence.Content {
		if yamledit.Text(yamledit.Lookup(item, "name")) == name {
			return yamledit.Resolve(item)
		}
	}
	return nil
}

// VolumeSources returns the keys of a volume without its name. A null is not a source: templates use it to remove one.
func VolumeSources(volume *yaml.Node) []string {
	if volume == nil {
		return nil
	}
	var sources []string
	for _, name := range yamledit.Keys(volume) {
		if name != "name" && !yamledit.IsNull(yamledit.Lookup(volume, name)) {
			sources = append(sources, name)
		}
	}
	return sources
}

// Replicas returns how many pods the workload has, and false if its manifest does not say so: a DaemonSet has one on each node, a
// CronJob makes some at each run. The workloads of Kubernetes have one if they name no number.
func (p PodTemplate) Replicas() (int, bool) {
	if p.IsJob() || yamledit.Lookup(p.Node, "spec", "shards") != nil {
		return 1, false // the replicas are those of other pods, or of each shard of a Prometheus
	}
	text := yamledit.Text(yamledit.Lookup(p.Node, "spec", "replicas"))
	if count, err := strconv.Atoi(text); err == nil && p.IsWorkload() {
		return count, true
	}
	return 1, text == "" && slices.Contains([]string{"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"}, p.Ref.Kind)
}
