package enroll

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// PlannedPolicies are the selectors of the PeerAuthentications that enrollment adds for the workloads, by namespace/name. The mode
// Unenroll recognizes by them what enrollment added.
type PlannedPolicies map[string]map[string]string

// RemovesPolicies says whether PeerAuthentications may be removed from streams, so that PlannedPolicies must be filled before anything is
// decided. STRICT on a pod that has left the mesh is an outage, so they go with the pod, whatever the configuration asks for.
func (e *Enroller) RemovesPolicies(streams []stream.Stream) bool {
	return e.Spec.Mode == config.Unenroll && slices.ContainsFunc(streams, func(s stream.Stream) bool {
		return bytes.Contains(s.Bytes, []byte(keys.PeerAuthentication))
	})
}

// RemovesObjects says whether whole objects may be removed from streams.
func (e *Enroller) RemovesObjects(streams []stream.Stream) bool {
	return e.RemovesPolicies(streams) || e.Spec.Mode == config.Unenroll && (e.Spec.ClusterSPIFFEID != nil ||
		slices.ContainsFunc(streams, func(s stream.Stream) bool { return bytes.Contains(s.Bytes, []byte(overlaySuffix)) }))
}

// PlanPolicy records the name and the selector of the PeerAuthentication that enrollment adds for a pod: one with mesh settings or, where
// the configuration asks for such objects, any.
func (e *Enroller) PlanPolicy(p manifest.PodTemplate, planned PlannedPolicies) {
	if e.DecideUnenroll(p) != "" || e.Spec.PeerAuthentication == "" && !e.hasSettings(p) {
		return
	}
	name := p.Ref.Namespace + "/" + nameBesides(p)
	if planned[name] != nil {
		name += "-" + strings.ToLower(p.Ref.Kind)
	}
	planned[name] = p.Selector(e.Spec.IdentityLabel.Key)
}

// onlyAdds says whether the spec of a PeerAuthentication has only what enrollment writes: a selector, a mode, and ports that the API server
// calls.
func onlyAdds(spec *yaml.Node) bool {
	ports := yamledit.Lookup(spec, "portLevelMtls")
	for _, port := range yamledit.Keys(ports) {
		if yamledit.Text(yamledit.Lookup(ports, port, "mode")) != permissive {
			return false
		}
	}
	return !slices.ContainsFunc(yamledit.Keys(spec), func(key string) bool {
		return key != "selector" && key != "mtls" && key != "portLevelMtls"
	})
}

// hasSettings says whether a pod has mesh settings that Unenroll takes away.
func (e *Enroller) hasSettings(p manifest.PodTemplate) bool {
	identity := e.Spec.IdentityLabel
	return !p.IsGateway() && (yamledit.Text(p.PodLabel(identity.Key)) == identity.Value || yamledit.Text(p.PodLabel(keys.Inject)) == "true")
}

// Added says whether enrollment with this configuration adds such an object.
func (e *Enroller) Added(o manifest.Object, planned PlannedPolicies, overlays PlannedOverlays) bool {
	spec := yamledit.Lookup(o.Node, "spec")
	switch group := o.Ref.Group(); {
	case group == keys.IstioSecurityGroup && o.Ref.Kind == keys.PeerAuthentication:
		selector, wanted := planned[o.Ref.Namespace+"/"+o.Ref.Name]
		return wanted && onlyAdds(spec) && yamledit.Text(yamledit.Lookup(spec, "mtls", "mode")) == "STRICT" &&
			maps.Equal(selector, manifest.StringMap(yamledit.Lookup(spec, "selector", "matchLabels")))
	case group == keys.SPIREGroup && o.Ref.Kind == keys.ClusterSPIFFEID && e.Spec.ClusterSPIFFEID != nil:
		return o.Ref.Name == e.Spec.ClusterSPIFFEID.Name &&
			yamledit.Text(yamledit.Lookup(spec, "spiffeIDTemplate")) == e.Spec.ClusterSPIFFEID.SPIFFEIDTemplate
	}
	return e.isAddedOverlay(o, overlays)
}
