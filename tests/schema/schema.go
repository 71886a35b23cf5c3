// Package schema generates the JSON Schemas of the configuration and of the report from their Go types. The descriptions are the types' own
// comments. The tests hold the published files to the types, and what enmesh accepts and writes to the schemas.
package schema

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/invopop/jsonschema"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// module is the product's. The comments are read from its source, so the current folder must be its root.
const module = "enmesh.dev/enmesh"

// enums are the values of the types that have a few.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[config.Mode]():           {config.Enroll, config.Check, config.Unenroll},
	reflect.TypeFor[config.HookPolicy]():     {config.SkipHooks, config.EnrollHooks},
	reflect.TypeFor[config.SocketProvider](): {config.TemplateSocket, config.PodSocket},
	reflect.TypeFor[outcome.Severity]():      anyOf(outcome.Severities()),
	reflect.TypeFor[outcome.Role]():          {outcome.Sidecar, outcome.Gateway},
	reflect.TypeFor[outcome.Verdict]():       anyOf(outcome.Verdicts()),
}

func anyOf[T any](values []T) (all []any) {
	for _, v := range values {
		all = append(all, v)
	}
	return all
}

// reflected is the schema of a Go value. In a configuration, all fields may be left out.
func reflected(value any, isConfiguration bool) (*jsonschema.Schema, error) {
	r := &jsonschema.Reflector{
		Anonymous:                  true, // it has no address but where it is published
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: isConfiguration,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if values := enums[t]; values != nil {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			return nil
		},
	}
	comments := &jsonschema.Reflector{}
	for _, path := range []string{"fn/config", "fn/outcome", "fn/manifest", "fn/report"} {
		if err := comments.AddGoComments(module, path); err != nil {
			return nil, err
		}
	}
	r.LookupComment = func(t reflect.Type, field string) string { return description(comments.CommentMap, t, field) }
	return r.Reflect(value), nil
}

func property(of *jsonschema.Schema, name string) *jsonschema.Schema {
	found, ok := of.Properties.Get(name)
	if !ok {
		panic("no property " + name)
	}
	return found
}

// constant gives a property of the document its only value.
func constant(s *jsonschema.Schema, name, value string) {
	property(s, name).Const = value
}

func pointer(n uint64) *uint64 { return &n }

func encode(s *jsonschema.Schema) ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	// The library escapes these for HTML.
	for escaped, char := range map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"} {
		text = bytes.ReplaceAll(text, []byte(escaped), []byte(char))
	}
	return append(text, '\n'), err
}
