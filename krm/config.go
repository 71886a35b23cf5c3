package main

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/yamledit"
)

// decodeConfig reads a functionConfig: a MeshEnrollment, a ConfigMap with the short names of its settings, or nothing.
// The error is a *fn.ConfigError.
func decodeConfig(config *yaml.Node) (fn.MeshEnrollment, error) {
	var enrollment fn.MeshEnrollment
	config = yamledit.Resolve(config)
	if yamledit.IsNull(config) || len(config.Content) == 0 {
		return enrollment, nil
	}
	if kind := scalar(yamledit.Lookup(config, "kind")); kind == "ConfigMap" {
		values := map[string]string{}
		if data := yamledit.Lookup(config, "data"); !yamledit.IsNull(data) {
			if err := data.Decode(&values); err != nil {
				return enrollment, &fn.ConfigError{Problems: []string{"data: holds something else than strings"}}
			}
		}
		return enrollment, enrollment.SetOptions(values)
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return enrollment, err
	}
	return fn.Decode(text)
}
