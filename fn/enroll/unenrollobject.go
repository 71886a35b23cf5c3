package enroll

import (
	"maps"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// PlannedPolicies are the selectors of the PeerAuthentications that enrollment would add for the workloads, by namespace/name. The mode
// Unenroll recognizes by them what enrollment added.
type PlannedPolicies map[string]map[string]string

// NeedsPlannedPolicies says whether PlannedPolicies must be filled before anything is decided.
func (e *Enroller) NeedsPlannedPolicies() bool {
	return e.Spec.Mode == config.Unenroll && e.Spec.PeerAuthentication != ""
}

// RemovesObjects says whether whole objects may be removed.
func (e *Enroller) RemovesObjects() bool {
	return e.Spec.Mode == config.Unenroll && (e.Spec.PeerAuthentication != "" || e.Spec.ClusterSPIFFEID != nil)
}

// PlanPolicy records the name and the selector of the PeerAuthentication that enrollment would add for a pod.
func (e *Enroller) PlanPolicy(p manifest.PodTemplate, planned PlannedPolicies) {
	if e.DecideUnenroll(p) != "" {
		return
	}
	name := p.Ref.Namespace + "/" + nameBesides(p)
	if planned[name] != nil {
		name += "-" + strings.ToLower(p.Ref.Kind)
	}
	planned[name] = p.Selector(e.Spec.IdentityLabel.Key)
}

// Added says whether enrollment with this configuration adds such an object.
func (e *Enroller) Added(o manifest.Object, planned PlannedPolicies) bool {
	spec := yamledit.Lookup(o.Node, "spec")
	switch group := o.Ref.Group(); {
	case group == keys.IstioSecurityGroup && o.Ref.Kind == keys.PeerAuthentication && e.Spec.PeerAuthentication != "":
		selector, wanted := planned[o.Ref.Namespace+"/"+o.Ref.Name]
		return wanted && len(spec.Content) == 4 && yamledit.Text(yamledit.Lookup(spec, "mtls", "mode")) == e.Spec.PeerAuthentication &&
			maps.Equal(selector, manifest.StringMap(yamledit.Lookup(spec, "selector", "matchLabels")))
	case group == keys.SPIREGroup && o.Ref.Kind == keys.ClusterSPIFFEID && e.Spec.ClusterSPIFFEID != nil:
		return o.Ref.Name == e.Spec.ClusterSPIFFEID.Name &&
			yamledit.Text(yamledit.Lookup(spec, "spiffeIDTemplate")) == e.Spec.ClusterSPIFFEID.SPIFFEIDTemplate
	}
	return false
}
