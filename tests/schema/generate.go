// Package schema generates the JSON Schemas of the configuration and of the report from their Go types. The descriptions are the types' own
// comments. The tests hold the published files to the types, and what enmesh accepts and writes to the schemas.
package schema

import (
	"encoding/json"
	"reflect"

	"github.com/invopop/jsonschema"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
	"enmesh.dev/enmesh/fn/verdict"
)

// module is the product's. The comments are read from its source, so the current folder must be its root.
const module = "enmesh.dev/enmesh"

// enums are the values of the types that have a few.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[config.Mode]():           {config.Enroll, config.Check, config.Unenroll},
	reflect.TypeFor[config.HookPolicy]():     {config.SkipHooks, config.EnrollHooks},
	reflect.TypeFor[config.SocketProvider](): {config.TemplateSocket, config.PodSocket},
	reflect.TypeFor[outcome.Severity]():      {outcome.Error, outcome.Warning, outcome.Info},
	reflect.TypeFor[outcome.Role]():          {outcome.Sidecar, outcome.Gateway},
	reflect.TypeFor[outcome.Verdict]():       anyOf(outcome.Verdicts()),
	reflect.TypeFor[outcome.Reason]():        anyOf(verdict.Reasons()),
}

func anyOf[T any](values []T) (all []any) {
	for _, v := range values {
		all = append(all, v)
	}
	return all
}

// Configuration returns the schema of a MeshEnrollment.
func Configuration() ([]byte, error) {
	s, err := reflected(&config.MeshEnrollment{}, true)
	if err != nil {
		return nil, err
	}
	s.Title = config.Kind
	constant(s, "apiVersion", config.APIVersion)
	constant(s, "kind", config.Kind)
	s.Required = []string{"apiVersion", "kind"}

	spec := s.Definitions["MeshEnrollmentSpec"]
	property(spec, "namespace").Pattern = `^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`
	property(spec, "trustDomain").Pattern = `^[a-z0-9._-]*$`
	property(spec, "trustDomain").MaxLength = pointer(255)
	property(spec, "peerAuthentication").Enum = []any{"", "STRICT"}
	property(spec, "peerAuthenticationVersion").Enum = []any{"v1", "v1beta1"}
	property(spec, "accept").Items.Enum = anyOf(verdict.Reasons())
	allAndTargets := &jsonschema.Schema{Required: []string{"all", "targets"}, Properties: jsonschema.NewProperties()}
	allAndTargets.Properties.Set("all", &jsonschema.Schema{Const: true})
	allAndTargets.Properties.Set("targets", &jsonschema.Schema{MinItems: pointer(1)})
	spec.Not = allAndTargets
	for _, list := range []string{"targets", "exclude", "gateways"} {
		property(spec, list).Items.Description = "All that is set must match. Group, version, kind, name and namespace are anchored regular expressions."
	}
	identityLabel := s.Definitions["IdentityLabel"]
	property(identityLabel, "key").Not = &jsonschema.Schema{Enum: []any{keys.Inject, keys.Revision}}
	property(identityLabel, "value").Pattern = `^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$`
	property(identityLabel, "value").MaxLength = pointer(63)
	for _, list := range []string{"sidecar", "gateway"} {
		property(s.Definitions["Templates"], list).MinItems = pointer(1)
		property(s.Definitions["Templates"], list).Items.Pattern = `^[^, \t\n]+$`
	}
	for _, socket := range []string{"WorkloadSocket", "WorkloadAPI"} {
		property(s.Definitions[socket], "file").Pattern = `^[^/]*$`
		property(s.Definitions[socket], "file").Not = &jsonschema.Schema{Enum: []any{".", ".."}}
	}
	property(s.Definitions["WorkloadAPI"], "mountPath").Pattern = `^(/.*)?$`
	property(s.Definitions["ClusterSPIFFEID"], "spiffeIDTemplate").Pattern = `^(spiffe://.*)?$`
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

// Report returns the schema of a report in the form json or yaml.
func Report() ([]byte, error) {
	s, err := reflected(&report.Report{}, false)
	if err != nil {
		return nil, err
	}
	s.Title = report.Kind
	constant(s, "apiVersion", config.APIVersion)
	constant(s, "kind", report.Kind)
	var outcomes []any
	for _, reason := range verdict.Reasons() {
		if reason.Meaning() != "" || reason.StaysOutside() {
			outcomes = append(outcomes, reason)
		}
	}
	property(s.Definitions["Pod"], "outcome").Enum = outcomes
	property(s.Definitions["Object"], "outcome").Enum = []any{outcome.Added, outcome.Missing, outcome.Patched, outcome.Removed}
	return encode(s)
}

// reflected is the schema of a Go value. In a configuration, all fields may be left out.
func reflected(value any, isConfiguration bool) (*jsonschema.Schema, error) {
	r := &jsonschema.Reflector{
		Anonymous:                  true, // it has no address but where it is published
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: isConfiguration,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == reflect.TypeFor[metav1.ObjectMeta]() { // Kubernetes's own, of which enmesh reads nothing
				return &jsonschema.Schema{Type: "object"}
			}
			if values := enums[t]; values != nil {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			return nil
		},
	}
	for _, path := range []string{"fn/config", "fn/outcome", "fn/manifest", "fn/report"} {
		if err := r.AddGoComments(module, path); err != nil {
			return nil, err
		}
	}
	return r.Reflect(value), nil
}

func property(of *jsonschema.Schema, name string) *jsonschema.Schema {
	found, ok := of.Properties.Get(name)
	if !ok {
		panic("no property " + name)
	}
	return found
}

func constant(s *jsonschema.Schema, name, value string) {
	s.Properties.Set(name, &jsonschema.Schema{Type: "string", Const: value})
}

func pointer(n uint64) *uint64 { return &n }

func encode(s *jsonschema.Schema) ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}
