package fn

import "strconv"

// Field paths read as Kubernetes writes them: spec.template.metadata.labels[app], spec.containers[0].image.

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func key(field, key string) string { return field + "[" + key + "]" }
