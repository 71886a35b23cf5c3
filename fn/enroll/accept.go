package enroll

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Accepts says whether a finding, or a verdict, with this reason is accepted: by the configuration, by the object, or by the pod.
func (e *Enroller) Accepts(reason outcome.Reason, annotations ...string) bool {
	return slices.Contains(e.Spec.Accept, string(reason)) || slices.ContainsFunc(annotations, func(annotation string) bool {
		return slices.Contains(AcceptedReasons(annotation), reason)
	})
}

// AcceptedReasons splits the annotation enmesh.dev/accept.
func AcceptedReasons(annotation string) []outcome.Reason {
	var reasons []outcome.Reason
	for _, name := range config.Names(annotation) {
		reasons = append(reasons, outcome.Reason(name))
	}
	return reasons
}

// AcceptAnnotations are those of a workload and of its pod.
func AcceptAnnotations(p manifest.PodTemplate) []string {
	return []string{p.Annotation(keys.Accept), yamledit.Text(p.PodAnnotation(keys.Accept))}
}
