package enroll

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Accepts says whether a finding, or a verdict, with this reason is accepted: by the configuration, or by what an object itself accepts.
func (e *Enroller) Accepts(reason outcome.Reason, own []outcome.Reason) bool {
	return slices.Contains(e.Spec.Accept, string(reason)) || slices.Contains(own, reason)
}

// AcceptedBy lists the reasons that an object accepts, in the annotation enmesh.dev/accept.
func AcceptedBy(o manifest.Object) []outcome.Reason { return reasonsIn(o.Annotation(keys.Accept)) }

// AcceptedByPod lists the reasons that a workload or its pod accepts.
func AcceptedByPod(p manifest.PodTemplate) []outcome.Reason {
	return append(AcceptedBy(p.Object), reasonsIn(yamledit.Text(p.PodAnnotation(keys.Accept)))...)
}

func reasonsIn(annotation string) []outcome.Reason {
	var reasons []outcome.Reason
	for _, name := range config.Names(annotation) {
		reasons = append(reasons, outcome.Reason(name))
	}
	return reasons
}
