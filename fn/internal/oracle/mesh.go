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
			addTemplates(templates, spec)
		})
	case (name == "istio" || strings.HasPrefix(name, "istio-")) && spec.TrustDomain != "":
		rewrite(data, "mesh", func(mesh object) {
			setTrustDomain(mesh, spec)
		})
	}
}

func addTemplates(templates object, spec config.MeshEnrollmentSpec) {
	volume := fmt.Sprintf("      csi:\n        driver: %q\n        readOnly: true\n", spec.WorkloadSocket.CSI.Driver)
	head := "spec:\n  volumes:\n    - name: workload-socket\n"
	for template, text := range map[string]string{"spire": head + volume, "spire-gw": head + "      emptyDir: null\n" + volume} {
		if templates[template] == nil {
			templates[template] = text
		}
	}
}

func setTrustDomain(mesh object, spec config.MeshEnrollmentSpec) {
	if domain := mesh["trustDomain"]; domain == nil || domain == "" || domain == "cluster.local" {
		mesh["trustDomain"] = spec.TrustDomain
	}
}

// install gives the values of istiod's chart their templates, trust domain and socket file, in an object from which istiod is installed.
func install(o object, spec config.MeshEnrollmentSpec) {
	group, _, _ := strings.Cut(str(o["apiVersion"]), "/")
	own := group == "install.istio.io" && str(o["kind"]) == "IstioOperator"
	pilot, profile := get(o, "spec", "components", "pilot", "enabled"), str(get(o, "spec", "profile"))
	switch {
	case !configured(o, spec):
		return
	case own && (pilot == false || pilot == nil && profile == "empty"):
		return
	case !own && (group != "sailoperator.io" || str(o["kind"]) != "Istio" && str(o["kind"]) != "IstioRevision"):
		return
	}
	// settings is the mesh configuration in which a setting stands or belongs.
	settings := func(path ...string) object {
		top := child(o, "spec")
		_, isOwn := top["meshConfig"]
		_, isValue := mapping(top["values"])["meshConfig"]
		sets := func(at ...string) bool {
			_, set := mapping(get(top, append(at, path[:len(path)-1]...)...))[path[len(path)-1]]
			return set
		}
		if own && (sets("meshConfig") || !sets("values", "meshConfig") && (isOwn || !isValue)) {
			return child(top, "meshConfig")
		}
		return child(child(top, "values"), "meshConfig")
	}
	if spec.TrustDomain != "" {
		setTrustDomain(settings("trustDomain"), spec)
	}
	if file := spec.WorkloadSocket.File; file != "" {
		metadata := child(child(settings("defaultConfig", "proxyMetadata", "WORKLOAD_IDENTITY_SOCKET_FILE"), "defaultConfig"), "proxyMetadata")
		if named := metadata["WORKLOAD_IDENTITY_SOCKET_FILE"]; named == nil || named == "" {
			metadata["WORKLOAD_IDENTITY_SOCKET_FILE"] = file
		}
	}
	if spec.WorkloadSocket.Provider == config.TemplateSocket {
		addTemplates(child(child(child(child(o, "spec"), "values"), "sidecarInjectorWebhook"), "templates"), spec)
	}
}

// configured says whether an object with istiod's configuration is selected.
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
