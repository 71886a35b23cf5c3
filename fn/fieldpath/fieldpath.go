// Package fieldpath writes the paths of fields as Kubernetes does: spec.template.metadata.labels[app],
// spec.containers[0].image.
package fieldpath

import "strconv"

// Join adds a field to a path, which may be empty.
func Join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// Index adds the index of an item of a list.
func Index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// Key adds the key of a map whose keys can contain dots.
func Key(path, key string) string { return path + "[" + key + "]" }
