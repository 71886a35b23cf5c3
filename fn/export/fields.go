package export

import (
	"reflect"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// fields returns the names of the fields of a spec, in order.
func fields() []string {
	var names []string
	spec := reflect.TypeFor[config.MeshEnrollmentSpec]()
	for i := range spec.NumField() {
		name, _, _ := strings.Cut(spec.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
