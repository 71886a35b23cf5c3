package enroll

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
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
	ref := manifest.ResourceRef{APIVersion: clusterSPIFFEIDVersion, Kind: keys.ClusterSPIFFEID, Name: config.Name}
	return &Addition{Ref: ref, make: func(ref manifest.ResourceRef) *yaml.Node { return newClusterSPIFFEID(&e.Spec, ref.Name) }}
}

const clusterSPIFFEIDVersion = keys.SPIREGroup + "/v1alpha1"

// NewClusterSPIFFEID returns the configured object.
func NewClusterSPIFFEID(s *config.MeshEnrollmentSpec) *yaml.Node {
	return newClusterSPIFFEID(s, s.ClusterSPIFFEID.Name)
}

func newClusterSPIFFEID(s *config.MeshEnrollmentSpec, name string) *yaml.Node {
	config, label := s.ClusterSPIFFEID, s.IdentityLabel
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(name)}}
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
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(clusterSPIFFEIDVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(keys.ClusterSPIFFEID)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(metadata...)},
		yamledit.Entry{Key: "spec", Value: yamledit.Map(spec...)})
}
