package krm

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"enmesh.dev/enmesh/fn/yamledit"
)

// resultNode makes the node of a result. It has the fields of the result's JSON form, in the same order. A list may have many
// results, and writing and reading the JSON of each took a tenth of the function's time.
func resultNode(r framework.Result) *yaml.Node {
	var result fields
	result.add("message", r.Message)
	result.add("severity", string(r.Severity))
	if ref := r.ResourceRef; ref != nil {
		var reference fields
		reference.add("apiVersion", ref.APIVersion)
		reference.add("kind", ref.Kind)
		reference.add("name", ref.Name)
		reference.add("namespace", ref.Namespace)
		result.nest("resourceRef", reference)
	}
	if r.Field != nil {
		var field fields
		field.add("path", r.Field.Path)
		result.nest("field", field)
	}
	if r.File != nil {
		var file fields
		file.add("path", r.File.Path)
		if r.File.Index != 0 {
			file = append(file, yamledit.Entry{Key: "index", Value: yamledit.Int(r.File.Index)})
		}
		result.nest("file", file)
	}
	var tags fields
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		tags = append(tags, yamledit.Entry{Key: key, Value: yamledit.Plain(r.Tags[key])})
	}
	result.nest("tags", tags)
	return yamledit.Map(result...)
}

// fields are the entries of a mapping, without those that are empty.
type fields []yamledit.Entry

func (f *fields) add(key, value string) {
	if value != "" {
		*f = append(*f, yamledit.Entry{Key: key, Value: yamledit.Plain(value)})
	}
}

func (f *fields) nest(key string, nested fields) {
	if len(nested) > 0 {
		*f = append(*f, yamledit.Entry{Key: key, Value: yamledit.Map(nested...)})
	}
}
