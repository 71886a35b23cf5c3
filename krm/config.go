package krm

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/yamledit"
)

// decodeConfig reads a functionConfig: a MeshEnrollment, a ConfigMap with the short names of the settings, or none.
// The error is a *config.Error.
func decodeConfig(functionConfig *yaml.Node) (config.MeshEnrollment, error) {
	var enrollment config.MeshEnrollment
	functionConfig = yamledit.Resolve(functionConfig)
	if yamledit.IsNull(functionConfig) || len(functionConfig.Content) == 0 {
		return enrollment, nil
	}
	if kind := yamledit.Text(yamledit.Lookup(functionConfig, "kind")); kind == "ConfigMap" {
		values := map[string]string{}
		if data := yamledit.Lookup(functionConfig, "data"); !yamledit.IsNull(data) {
			if err := data.Decode(&values); err != nil {
				return enrollment, &config.Error{Problems: []string{"data: values must be strings"}}
			}
		}
		return enrollment, enrollment.SetOptions(values)
	}
	text, err := yaml.Marshal(functionConfig)
	if err != nil {
		return enrollment, err
	}
	return config.Decode(text)
}
