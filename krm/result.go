package krm

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// result is a result of the KRM Functions Specification, as far as this function has it. Its form is that of kyaml's framework, which the
// tests compare; the framework itself would link OpenAPI and protobuf into the program.
type result struct {
	message  string
	severity outcome.Severity
	resource manifest.ResourceRef // without a name there is none
	field    string               // of the resource
	file     string
	index    int   // of the resource in the file
	tags     []tag // in the order of their keys
}

// tag is for programs.
type tag struct{ key, value string }

// node makes the node of a result. It has the fields of the result's JSON form, in the same order. A list may have many results, and
// writing and reading the JSON of each took a tenth of the function's time.
func (r result) node() *yaml.Node {
	node := make(fields, 0, 6)
	node.add("message", r.message)
	node.add("severity", string(r.severity))
	if r.resource.Name != "" {
		reference := make(fields, 0, 4)
		reference.add("apiVersion", r.resource.APIVersion)
		reference.add("kind", r.resource.Kind)
		reference.add("name", r.resource.Name)
		reference.add("namespace", r.resource.Namespace)
		node.nest("resourceRef", reference)
	}
	var field, file, tags fields
	field.add("path", r.field)
	node.nest("field", field)
	file.add("path", r.file)
	if r.index != 0 {
		file = append(file, yamledit.Entry{Key: "index", Value: yamledit.Int(r.index)})
	}
	node.nest("file", file)
	for _, t := range r.tags {
		tags = append(tags, yamledit.Entry{Key: t.key, Value: yamledit.Plain(t.value)})
	}
	node.nest("tags", tags)
	return yamledit.Map(node...)
}

// String is the line on stderr: [severity] apiVersion/Kind/namespace/name field: message.
func (r result) String() string {
	place := ""
	if ref := r.resource; ref.Name != "" {
		names := slices.DeleteFunc([]string{ref.APIVersion, ref.Kind, ref.Namespace, ref.Name}, func(name string) bool { return name == "" })
		place = " " + strings.Join(names, "/")
	}
	if r.field != "" {
		place += " " + r.field
	}
	return fmt.Sprintf("[%s]%s: %s", r.severity, place, r.message)
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
