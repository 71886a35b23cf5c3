package enroll

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/yamledit"
)

// ClusterSPIFFEID returns the object by which SPIRE registers the enrolled pods. It returns nil if none is configured, or if one
// in the streams has its name or selects by the managed-identity label.
func (e *Enroller) ClusterSPIFFEID(facts *mesh.Facts) *Addition {
	config, label := e.Spec.ClusterSPIFFEID, e.Spec.IdentityLabel
	if config == nil || facts.HasClusterSPIFFEID(config.Name, label.Key, label.Value) {
		return nil
	}
	ref := manifest.ResourceRef{APIVersion: keys.SPIREGroup + "/v1alpha1", Kind: keys.ClusterSPIFFEID, Name: config.Name}
	return &Addition{Ref: ref, make: e.newClusterSPIFFEID}
}

func (e *Enroller) newClusterSPIFFEID(ref manifest.ResourceRef) *yaml.Node {
	config, label := e.Spec.ClusterSPIFFEID, e.Spec.IdentityLabel
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(ref.Name)}}
	var spec []yamledit.Entry
	if config.ClassName != "" {
		metadata = append(metadata, yamledit.Entry{Key: "labels", Value: yamledit.Map(
			yamledit.Entry{Key: keys.ClassName, Value: yamledit.Plain(config.ClassName)})})
		spec = append(spec, yamledit.Entry{Key: "className", Value: yamledit.Plain(config.ClassName)})
	}
	if config.Hint != "" {
		spec = append(spec, yamledit.Entry{Key: "hint", Value: yamledit.Plain(config.Hint)})
	}
	spec = append(spec,
		yamledit.Entry{Key: "spiffeIDTemplate", Value: yamledit.String(config.SPIFFEIDTemplate)},
		yamledit.Entry{Key: "podSelector", Value: yamledit.Map(yamledit.Entry{Key: "matchLabels", Value: yamledit.Map(
			yamledit.Entry{Key: label.Key, Value: yamledit.String(label.Value)})})})
	if len(config.FederatesWith) > 0 {
		var domains []*yaml.Node
		for _, domain := range config.FederatesWith {
			domains = append(domains, yamledit.String(domain))
		}
		spec = append(spec, yamledit.Entry{Key: "federatesWith", Value: yamledit.List(domains...)})
	}
	return yamledit.Map(
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(ref.APIVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(ref.Kind)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(metadata...)},
		yamledit.Entry{Key: "spec", Value: yamledit.Map(spec...)})
}
