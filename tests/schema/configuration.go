package schema

import (
	"github.com/invopop/jsonschema"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/verdict"
)

// Kubernetes's own rules for names, as patterns. An empty value stands for none.
const (
	dnsLabel      = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	dnsSubdomain  = dnsLabel + `(\.` + dnsLabel + `)*`
	labelValue    = `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`
	qualifiedName = `(` + dnsSubdomain + `/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`
)

// Configuration returns the schema of a MeshEnrollment. It asks for a value where enmesh takes an empty one for none, because that is
// a field that was begun and not filled in.
func Configuration() ([]byte, error) {
	s, err := reflected(&config.MeshEnrollment{}, true)
	if err != nil {
		return nil, err
	}
	s.Title = config.Kind
	constant(s, "apiVersion", config.APIVersion)
	constant(s, "kind", config.Kind)
	s.Required = []string{"apiVersion", "kind"}
	property(s, "metadata").Description = "Metadata as in any object. enmesh reads none of it; KRM functions need a name."

	spec := s.Definitions["MeshEnrollmentSpec"]
	optional(spec, "namespace", dnsLabel, 63)
	optional(spec, "trustDomain", `[a-z0-9._-]+`, 255)
	optional(spec, "revision", labelValue, 63)
	property(spec, "preset").Enum = anyOf(config.PresetNames())
	property(spec, "peerAuthentication").Enum = []any{"STRICT"}
	property(spec, "peerAuthenticationVersion").Enum = []any{"v1", "v1beta1"}
	property(spec, "accept").Items.Enum = anyOf(verdict.Reasons())
	allAndTargets := &jsonschema.Schema{Required: []string{"all", "targets"}, Properties: jsonschema.NewProperties()}
	allAndTargets.Properties.Set("all", &jsonschema.Schema{Const: true})
	allAndTargets.Properties.Set("targets", &jsonschema.Schema{MinItems: pointer(1)})
	spec.Not = allAndTargets

	identityLabel := s.Definitions["IdentityLabel"]
	optional(identityLabel, "key", qualifiedName, 0)
	property(identityLabel, "key").Not = &jsonschema.Schema{Enum: []any{keys.Inject, keys.Revision}}
	optional(identityLabel, "value", labelValue, 63)
	for _, list := range []string{"sidecar", "gateway"} {
		property(s.Definitions["Templates"], list).MinItems = pointer(1)
		property(s.Definitions["Templates"], list).Items.Pattern = `^[^, \t\n]+$`
	}
	for _, socket := range []string{"WorkloadSocket", "WorkloadAPI"} {
		optional(s.Definitions[socket], "file", `[^/\x00-\x1f\x7f-\x9f]+`, 0)
		property(s.Definitions[socket], "file").Not = &jsonschema.Schema{Enum: []any{".", ".."}}
	}
	property(s.Definitions["WorkloadAPI"], "mountPath").Pattern = `^(/|$)`
	clusterSPIFFEID := s.Definitions["ClusterSPIFFEID"]
	optional(clusterSPIFFEID, "name", dnsSubdomain, 253)
	federatesWith := property(clusterSPIFFEID, "federatesWith").Items
	federatesWith.Pattern, federatesWith.MaxLength = `^[a-z0-9._-]+$`, pointer(uint64(255))
	property(clusterSPIFFEID, "spiffeIDTemplate").Pattern = `^(spiffe://|$)`
	volume := s.Definitions["CSIVolumeSource"]
	volume.Required = []string{"driver", "readOnly"}
	property(volume, "driver").MinLength = pointer(1)
	property(volume, "readOnly").Const = true
	template := s.Definitions["PodTemplate"]
	template.Required = []string{"kind", "path"}
	property(template, "kind").MinLength = pointer(1)
	property(template, "path").Pattern = `^[^/\[\]*]+(\[\])?(/[^/\[\]*]+(\[\])?)*$`
	return encode(s)
}

// optional lets a property be empty, or match a pattern as a whole and be no longer than a length, if that is not 0.
func optional(of *jsonschema.Schema, name, pattern string, length uint64) {
	p := property(of, name)
	p.Pattern = `^(` + pattern + `)?$`
	if length > 0 {
		p.MaxLength = pointer(length)
	}
}
