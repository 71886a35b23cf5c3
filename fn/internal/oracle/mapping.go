package oracle

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoded is a value as it stands in a manifest.
func decoded(value any) object {
	o := object{}
	text, err := json.Marshal(value)
	if err == nil {
		err = yaml.Unmarshal(text, &o)
	}
	if err != nil {
		panic(err) // it is plain data
	}
	return o
}

func find(list []any, name string) int {
	return slices.IndexFunc(list, func(item any) bool { return get(item, "name") == name })
}

// get follows keys, and returns nil where one leads nowhere.
func get(from any, keys ...string) any {
	for _, key := range keys {
		m, _ := from.(object)
		from = m[key]
	}
	return from
}

func mapping(value any) object {
	m, _ := value.(object)
	return m
}

// child returns the mapping under a key, and makes one where there is none.
func child(of object, key string) object {
	m, _ := of[key].(object)
	if m == nil {
		m = object{}
		of[key] = m
	}
	return m
}

// Text is a scalar's text, as enrollment reads it.
func Text(value any) string { return str(value) }

// str reads a scalar as the transformer does: the word that stands there.
func str(value any) string {
	switch v := value.(type) {
	case string:
		if spelled, ok := strings.CutPrefix(v, Spelled); ok {
			_, v, _ = strings.Cut(spelled, " ")
		}
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}
