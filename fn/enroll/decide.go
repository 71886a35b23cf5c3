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

// Decide says whether to enroll a pod. It returns "" for yes, or the reason for no. The first row that applies decides:
//
//	1  object is local configuration                                   LocalConfig
//	2  a mark on the workload or the pod says no: see optsOut          OptedOut
//	3  spec.exclude matches                                            Excluded
//	4  not selected: neither all, nor a target that matches, nor
//	   (without all and targets) marked for enrollment                 NotSelected
//	5  part of SPIRE or Istio, not marked for enrollment, and no
//	   target that matches has a name                                  MeshComponent
//	6  Helm hook not marked for enrollment, and hooks are skipped      HelmHook
//	7  a Gateway whose pods istiod makes: it can give them no socket   GatewayAPI; otherwise enroll
//	   hostNetwork                                                     HostNetwork
//	8  namespace that Istio ignores                                    IgnoredNamespace
//	9  namespace in the streams that disables injection                NamespaceInjectionDisabled
//	10 volume workload-socket of another type than csi, which a
//	   container other than the proxy mounts                           SocketVolumeInUse
//	11 otherwise                                                       enroll
func (e *Enroller) Decide(p manifest.PodTemplate, facts *mesh.Facts) outcome.Reason {
	switch {
	case p.IsLocalConfig():
		return outcome.LocalConfig
	case e.optsOut(p):
		return outcome.OptedOut
	case e.exclude.Match(p):
		return outcome.Excluded
	case !e.selects(p):
		return outcome.NotSelected
	case !e.isMarked(p) && !e.isNamed(p) && isComponent(p):
		return outcome.MeshComponent
	case p.Annotation(keys.HelmHook) != "" && e.Spec.Hooks != config.EnrollHooks && !e.isMarked(p):
		return outcome.HelmHook
	case p.IsMade && CanHaveSocket(p, facts):
		return ""
	case p.IsMade:
		return outcome.GatewayAPI
	case p.IsOnHostNetwork():
		return outcome.HostNetwork
	case slices.Contains(keys.IgnoredNamespaces, p.Ref.Namespace):
		return outcome.IgnoredNamespace
	case facts.Namespace(p.Ref.Namespace).DisablesInjection():
		return outcome.NamespaceInjectionDisabled
	case ownsSocketVolume(p):
		return outcome.SocketVolumeInUse
	}
	return ""
}

// DecideUnenroll says whether to remove the mesh settings of a pod. It returns "" for yes, or the reason for no.
func (e *Enroller) DecideUnenroll(p manifest.PodTemplate) outcome.Reason {
	switch {
	case p.IsLocalConfig():
		return outcome.LocalConfig
	case e.optsOut(p): // it is outside the mesh already, and enrollment did not write its mesh settings
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

// isNamed says whether a target that matches has a name. Such a target means the very workload.
func (e *Enroller) isNamed(p manifest.PodTemplate) bool {
	for i, target := range e.Spec.Targets {
		if target.Name != "" && e.targets[i:i+1].Match(p) {
			return true
		}
	}
	return false
}

func isComponent(p manifest.PodTemplate) bool {
	shows, _ := mesh.Component(p)
	return shows != nil
}

// optsOut is row 2. It says yes if one of these says no:
//
//	enmesh.dev/enroll, as annotation or label of the workload or the pod
//	the managed-identity label of the workload or the pod
//	sidecar.istio.io/inject: the first that is there of the pod's label, the pod's annotation (Istio's order), the workload's label and
//	its annotation, which Istio does not read
func (e *Enroller) optsOut(p manifest.PodTemplate) bool {
	own := []*yaml.Node{yamledit.Lookup(p.Metadata(), "labels"), yamledit.Lookup(p.Metadata(), "annotations")}
	workload := []*yaml.Node{yamledit.Lookup(p.Node, "metadata", "labels"), yamledit.Lookup(p.Node, "metadata", "annotations")}
	says := func(section *yaml.Node, name string) bool {
		return saysNo(yamledit.Text(yamledit.Lookup(section, name)))
	}
	identity := e.Spec.IdentityLabel
	for _, sections := range [][]*yaml.Node{own, workload} {
		for _, section := range sections {
			if says(section, keys.Enroll) {
				return true
			}
		}
		if value := yamledit.Text(yamledit.Lookup(sections[0], identity.Key)); value != identity.Value && saysNo(value) {
			return true
		}
	}
	for _, section := range slices.Concat(own, workload) {
		if yamledit.Lookup(section, keys.Inject) != nil {
			return says(section, keys.Inject)
		}
	}
	return false
}

// saysNo says whether a value is one by which people mean no. Istio reads "false" only.
func saysNo(value string) bool {
	return slices.Contains(Noes, strings.ToLower(strings.TrimSpace(value)))
}

// Noes are the values that mean no, in lower case.
var Noes = []string{"false", "f", "no", "n", "off", "0", "disabled", "disable"}

// ownsSocketVolume says whether the volume workload-socket is the application's own: its containers share it for something else, or fetch
// certificates themselves.
func ownsSocketVolume(p manifest.PodTemplate) (owns bool) {
	volume := p.Volume(keys.SocketVolume)
	if sources := manifest.VolumeSources(volume); volume == nil || len(sources) == 1 && sources[0] == "csi" {
		return false
	}
	p.EachContainer(func(container *yaml.Node, _ string) {
		mounts := yamledit.Lookup(container, "volumeMounts")
		for _, mount := range yamledit.Items(mounts) {
			owns = owns || yamledit.Text(yamledit.Lookup(mount, "name")) == keys.SocketVolume && yamledit.Text(yamledit.Lookup(container, "name")) != keys.ProxyContainer
		}
	})
	return owns
}

// Role returns the role of a pod: a gateway or a sidecar.
func (e *Enroller) Role(p manifest.PodTemplate) outcome.Role {
	if p.IsGateway() || e.gateways.Match(p) {
		return outcome.Gateway
	}
	return outcome.Sidecar
}
