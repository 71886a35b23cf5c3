package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// Labels and annotations: the marks that are put in the wrong place, or say what nobody hears.

// findMarks looks for marks that have no effect where they stand. A pod that opts out means it so.
func (r *prospect) findMarks() {
	if r.bare == OptedOut {
		return
	}
	r.findMisplaced()
	inject, annotation := r.finalLabel(injectKey), r.podAnnotation(injectKey)
	switch {
	case inject != "" && annotation != nil && text(annotation) != inject:
		r.findAnnotation(InjectConflict, injectKey)
	case inject == "" && text(annotation) == "true" && r.bare != "":
		r.findAnnotation(AnnotationOnly, injectKey)
	}
	if inject != "" && inject != "true" && inject != "false" {
		r.findLabel(InjectValue, injectKey, inject)
	}
}

// findMisplaced looks at the metadata above the pod template's: the workload's, and that of a CronJob's job.
func (r *prospect) findMisplaced() {
	if len(r.workload.path) == 0 {
		return
	}
	above := map[string]*yaml.Node{"metadata": lookup(r.node, "metadata")}
	if r.ref.Kind == "CronJob" {
		above["spec.jobTemplate.metadata"] = lookup(r.node, "spec", "jobTemplate", "metadata")
	}
	for _, field := range []string{"metadata", "spec.jobTemplate.metadata"} {
		for _, name := range []string{injectKey, r.t.spec.IdentityLabel.Key, revisionKey} {
			if at := lookup(above[field], "labels", name); at != nil && r.podLabel(name) == nil && (name != revisionKey || !r.isIstio()) {
				r.find(MarkOnWorkload, at, key(join(field, "labels"), name))
			}
		}
		for _, name := range []string{templatesKey, proxyConfigKey, nativeKey} {
			if at := lookup(above[field], "annotations", name); at != nil && r.podAnnotation(name) == nil {
				r.find(MarkOnWorkload, at, key(join(field, "annotations"), name))
			}
		}
	}
}

// isIstio says whether the workload is a part of Istio itself, which labels its own objects with their revision.
func (r *prospect) isIstio() bool {
	return r.label("operator.istio.io/component") != "" ||
		r.label("app.kubernetes.io/part-of") == "istio"
}

// findNotAString: labels and annotations are strings, and the API server refuses an object with any other.
func (r *prospect) findNotAString() {
	for _, section := range []string{"labels", "annotations"} {
		mapping := lookup(r.metadata(), section)
		if mapping == nil || mapping.Kind != yaml.MappingNode {
			continue
		}
		for _, name := range yamledit.Keys(mapping) {
			value := yamledit.Lookup(mapping, name)
			field := key(join(r.metadataField(), section), name)
			if !isString(value) && !r.rewrites(field) {
				r.find(NotAString, value, field)
			}
		}
	}
}

// isString says whether kubectl and Helm read a string, or nothing. They read YAML 1.1, where a plain yes is a boolean.
func isString(value *yaml.Node) bool {
	switch {
	case value.Kind != yaml.ScalarNode:
		return false
	case value.ShortTag() == "!!null":
		return true
	case value.Style == 0 && slices.Contains([]string{"y", "yes", "on", "n", "no", "off"}, strings.ToLower(value.Value)):
		return false
	}
	return value.ShortTag() == "!!str"
}
