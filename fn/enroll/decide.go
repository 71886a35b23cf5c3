package enroll

import (
	"slices"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Decide says whether to enroll a pod. It returns "" for yes, or the reason for no. The first row that applies decides:
//
//	1  object is local configuration                                   LocalConfig
//	2  pod label sidecar.istio.io/inject "false", or without the
//	   label the annotation; or annotation enmesh.dev/enroll
//	   "false" on workload or pod                                      OptedOut
//	3  spec.exclude matches                                            Excluded
//	4  not selected: neither all, nor a target that matches, nor
//	   (without all and targets) marked for enrollment                 NotSelected
//	5  Helm hook not marked for enrollment, and hooks are skipped      HelmHook
//	6  hostNetwork                                                     HostNetwork
//	7  namespace that Istio ignores                                    IgnoredNamespace
//	8  namespace in the streams that disables injection                NamespaceInjectionDisabled
//	9  otherwise                                                       enroll
func (e *Enroller) Decide(p manifest.PodTemplate, facts *mesh.Facts) outcome.Reason {
	switch {
	case p.IsLocalConfig():
		return outcome.LocalConfig
	case optsOut(p):
		return outcome.OptedOut
	case e.exclude.Match(p):
		return outcome.Excluded
	case !e.selects(p):
		return outcome.NotSelected
	case p.Annotation(keys.HelmHook) != "" && e.Spec.Hooks != config.EnrollHooks && !e.isMarked(p):
		return outcome.HelmHook
	case p.IsOnHostNetwork():
		return outcome.HostNetwork
	case slices.Contains(keys.IgnoredNamespaces, p.Ref.Namespace):
		return outcome.IgnoredNamespace
	case facts.Namespace(p.Ref.Namespace).DisablesInjection():
		return outcome.NamespaceInjectionDisabled
	}
	return ""
}

// DecideUnenroll says whether to remove the mesh settings of a pod. It returns "" for yes, or the reason for no.
func (e *Enroller) DecideUnenroll(p manifest.PodTemplate) outcome.Reason {
	switch {
	case p.IsLocalConfig():
		return outcome.LocalConfig
	case optsOut(p): // it is outside the mesh already, and enrollment did not write its mesh settings
		return outcome.OptedOut
	case e.exclude.Match(p):
		return outcome.Excluded
	case len(e.targets) > 0 && !e.targets.Match(p):
		return outcome.NotSelected
	}
	return ""
}

// MatchTargets adds the indexes of the targets that match a workload to a list without duplicates.
func (e *Enroller) MatchTargets(p manifest.PodTemplate, matched []int) []int {
	for i := range e.targets {
		if !slices.Contains(matched, i) && e.targets[i:i+1].Match(p) {
			matched = append(matched, i)
		}
	}
	return matched
}

// selects is row 4.
func (e *Enroller) selects(p manifest.PodTemplate) bool {
	if e.Spec.All {
		return true
	}
	if len(e.targets) > 0 {
		return e.targets.Match(p)
	}
	return e.isMarked(p)
}

// isMarked says whether the pod, or its workload, is marked for enrollment.
func (e *Enroller) isMarked(p manifest.PodTemplate) bool {
	identity := e.Spec.IdentityLabel
	return yamledit.Text(p.PodLabel(keys.Inject)) == "true" || p.Label(keys.Inject) == "true" ||
		yamledit.Text(p.PodLabel(identity.Key)) == identity.Value || p.Label(identity.Key) == identity.Value ||
		yamledit.Text(p.PodAnnotation(keys.Enroll)) == "true" || p.Annotation(keys.Enroll) == "true"
}

// optsOut is row 2. As in Istio's injector, the label overrides the annotation.
func optsOut(p manifest.PodTemplate) bool {
	inject := p.PodLabel(keys.Inject)
	if inject == nil {
		inject = p.PodAnnotation(keys.Inject)
	}
	return yamledit.Text(inject) == "false" || yamledit.Text(p.PodAnnotation(keys.Enroll)) == "false" ||
		p.Annotation(keys.Enroll) == "false"
}

// Role returns the role of a pod: a gateway or a sidecar.
func (e *Enroller) Role(p manifest.PodTemplate) outcome.Role {
	if p.IsGateway() || e.gateways.Match(p) {
		return outcome.Gateway
	}
	return outcome.Sidecar
}
