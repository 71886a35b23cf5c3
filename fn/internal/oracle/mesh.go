package oracle

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
)

// configure gives istiod's ConfigMaps their templates and trust domain.
func configure(o object, spec config.MeshEnrollmentSpec) {
	name, _ := get(o, "metadata", "name").(string)
	data := mapping(o["data"])
	if o["apiVersion"] != "v1" || o["kind"] != "ConfigMap" || data == nil || !configured(o, spec) {
		return
	}
	switch {
	case (name == "istio-sidecar-injector" || strings.HasPrefix(name, "istio-sidecar-injector-")) && spec.WorkloadSocket.Provider == config.TemplateSocket:
		rewrite(data, "config", func(config object) {
			templates, ok := config["templates"].(object)
			if !ok {
				return
			}
			volume := fmt.Sprintf("      csi:\n        driver: %q\n        readOnly: true\n", spec.WorkloadSocket.CSI.Driver)
			head := "spec:\n  volumes:\n    - name: workload-socket\n"
			for template, text := range map[string]string{"spire": head + volume, "spire-gw": head + "      emptyDir: null\n" + volume} {
				if templates[template] == nil {
					templates[template] = text
				}
			}
		})
	case (name == "istio" || strings.HasPrefix(name, "istio-")) && spec.TrustDomain != "":
		rewrite(data, "mesh", func(mesh object) {
			if domain := mesh["trustDomain"]; domain == nil || domain == "" || domain == "cluster.local" {
				mesh["trustDomain"] = spec.TrustDomain
			}
		})
	}
}

// configured says whether a ConfigMap is selected.
func configured(o object, spec config.MeshEnrollmentSpec) bool {
	enroll := str(get(o, "metadata", "annotations", "enmesh.dev/enroll"))
	switch {
	case isLocal(o), enroll == "false", matches(spec.Exclude, o, o, spec):
		return false
	case len(spec.Targets) > 0:
		return matches(spec.Targets, o, o, spec)
	}
	return spec.All || enroll == "true"
}

// rewrite changes the YAML that stands in a value.
func rewrite(data object, key string, change func(object)) {
	text, ok := data[key].(string)
	if !ok {
		return
	}
	var value any
	if yaml.Unmarshal([]byte(text), &value) != nil {
		data[key] = Unreadable
		return
	}
	inner, ok := value.(object)
	if !ok {
		return
	}
	change(inner)
	encoded, err := yaml.Marshal(inner)
	if err != nil {
		panic(err) // it was decoded a moment ago
	}
	data[key] = string(encoded)
}
