package config

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/fieldpath"
)

// The YAML libraries stop at the first value of a wrong type, and do not say where it is in a list. So this file compares the
// configuration with its Go type, and finds every problem.

// fieldProblems finds the fields of a decoded value that its type does not have, and the values of a wrong type.
func fieldProblems(path string, value any, t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	var problems []string
	switch {
	case t.Kind() == reflect.Struct && typeName(value) == "mapping":
		mapping, fields := value.(map[string]any), fieldsOf(t)
		for _, name := range slices.Sorted(maps.Keys(mapping)) {
			if field, known := fields[name]; known {
				problems = append(problems, fieldProblems(fieldpath.Join(path, name), mapping[name], field)...)
			} else {
				problems = append(problems, fieldpath.Join(path, name)+": unknown field"+suggestion(name, fields))
			}
		}
	case t.Kind() == reflect.Map && typeName(value) == "mapping":
		mapping := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(mapping)) {
			problems = append(problems, fieldProblems(fieldpath.Key(path, name), mapping[name], t.Elem())...)
		}
	case t.Kind() == reflect.Slice && typeName(value) == "list":
		for i, item := range value.([]any) {
			problems = append(problems, fieldProblems(fieldpath.Index(path, i), item, t.Elem())...)
		}
	case kindName(t.Kind()) != typeName(value):
		problems = append(problems, typeProblem(path, kindName(t.Kind()), typeName(value)))
	}
	return problems
}

// typeProblem describes a value of a wrong type. Most are strings that YAML reads as another type.
func typeProblem(path, must, is string) string {
	if path == "" {
		return "the configuration must be a " + must + ", got a " + is
	}
	text := path + ": must be a " + must + ", got a " + is
	if must == "string" && (is == "number" || is == "boolean") {
		text += " (quote it)"
	}
	return text
}

// fieldsOf returns the fields of a struct by their names in YAML, including those of inlined structs.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			maps.Copy(fields, fieldsOf(field.Type))
		case field.IsExported() && name != "" && name != "-":
			fields[name] = field.Type
		}
	}
	return fields
}

// typeName returns the type of a decoded value in the terms of YAML.
func typeName(value any) string {
	if value == nil {
		return "null"
	}
	return kindName(reflect.TypeOf(value).Kind())
}

func kindName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Slice:
		return "list"
	case reflect.Struct, reflect.Map:
		return "mapping"
	}
	return "number"
}

// suggestion names the field that a misspelled one is probably meant to be.
func suggestion(name string, fields map[string]reflect.Type) string {
	return Suggestion(name, slices.Sorted(maps.Keys(fields)))
}

// Suggestion names the one of the known names that a misspelled one is probably meant to be, where at most one letter in three is wrong:
// " (did you mean strict?)", or "".
func Suggestion(name string, known []string) string {
	best, least := "", 1+len(name)/3
	for _, field := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(field)); d < least {
			best, least = field, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance is the number of letters to insert, delete or replace to turn one word into another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
