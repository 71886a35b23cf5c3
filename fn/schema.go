package fn

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// The libraries stop at the first value of a wrong type, and do not say where in a list it stands. So the configuration
// is held against its Go type here, and every problem found.

// fieldProblems finds the fields of a decoded value that a type does not have, and the values of another type.
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
				problems = append(problems, fieldProblems(join(path, name), mapping[name], field)...)
			} else {
				problems = append(problems, join(path, name)+": no such field"+suggestion(name, fields))
			}
		}
	case t.Kind() == reflect.Map && typeName(value) == "mapping":
		mapping := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(mapping)) {
			problems = append(problems, fieldProblems(key(path, name), mapping[name], t.Elem())...)
		}
	case t.Kind() == reflect.Slice && typeName(value) == "list":
		for i, item := range value.([]any) {
			problems = append(problems, fieldProblems(index(path, i), item, t.Elem())...)
		}
	case kindName(t.Kind()) != typeName(value):
		problems = append(problems, mistyped(path, kindName(t.Kind()), typeName(value)))
	}
	return problems
}

// mistyped words one problem. Most are strings that YAML takes for something else.
func mistyped(path, must, is string) string {
	if path == "" {
		return "the configuration must be a " + must + ", and is a " + is
	}
	text := path + ": must be a " + must + ", and is a " + is
	if must == "string" && (is == "number" || is == "boolean") {
		text += " (put it in quotes)"
	}
	return text
}

// fieldsOf are a struct's fields by their names in YAML, with those of the structs that stand inline.
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

// typeName says a decoded value's type in the words of YAML.
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

// suggestion names the field that a misspelt one may stand for: at most one letter in three is wrong.
func suggestion(name string, fields map[string]reflect.Type) string {
	best, least := "", 1+len(name)/3
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if d := distance(strings.ToLower(name), strings.ToLower(field)); d < least {
			best, least = field, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance is how many letters must be put in, left out or replaced to make one word of another.
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
