// Package oracle enrolls pods in decoded manifests: maps in, maps out. It is the plain statement of what enrollment means,
// shares no code with the transformer but the configuration type, and is there for tests to hold the transformer to.
package oracle

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
)

type object = map[string]any

// Unreadable stands for YAML inside of text that the oracle would change and cannot decode. A decoder is stricter than the
// parser: it takes no key twice, no collection for a key, and no alias without its anchor.
const Unreadable = "\x00unreadable"

// Spelled leads a string that stands for a value of another type: its tag and how it is spelled follow.
const Spelled = "\x00"

// Enroll changes a decoded document: the object, or the items of its list, gain what the configuration asks for. The
// configuration has its defaults. The namespaces are those that turn injection off.
func Enroll(document any, spec config.MeshEnrollmentSpec, disabled map[string]bool) {
	walk(document, func(o object) {
		configure(o, spec)
		install(o, spec)
		for _, p := range podTemplates(o, spec) {
			if selected(o, p.object, spec) && injectable(o, p.object, spec, disabled) {
				p.create()
				enroll(o, p, spec)
			}
		}
	})
}

// Disabled says of the namespaces in a decoded document whether they turn injection off.
func Disabled(document any) map[string]bool {
	disabled := map[string]bool{}
	walk(document, func(o object) {
		labels, _ := get(o, "metadata", "labels").(object)
		injection, injects := labels["istio-injection"]
		revision, revised := labels["istio.io/rev"]
		if o["apiVersion"] == "v1" && o["kind"] == "Namespace" {
			disabled[str(get(o, "metadata", "name"))] = (injects || revised && str(revision) == "") && str(injection) != "enabled"
		}
	})
	return disabled
}

// walk visits the objects of a document.
func walk(document any, visit func(object)) {
	o, ok := document.(object)
	if !ok {
		return
	}
	if items, ok := o["items"].([]any); ok && strings.HasSuffix(str(o["kind"]), "List") {
		for _, item := range items {
			walkItem(o, item, visit)
		}
		return
	}
	visit(o)
}

// walkItem visits an item of a list. Where it leaves its kind to the list, as those of a PodList may, it has one meanwhile.
func walkItem(list object, item any, visit func(object)) {
	kind := strings.TrimSuffix(str(list["kind"]), "List")
	if o, ok := item.(object); ok && str(o["kind"]) == "" && kind != "" {
		own := maps.Clone(o)
		o["kind"], o["apiVersion"] = kind, list["apiVersion"]
		defer func() {
			for _, key := range []string{"kind", "apiVersion"} {
				if value, has := own[key]; has {
					o[key] = value
				} else {
					delete(o, key)
				}
			}
		}()
	}
	walk(item, visit)
}

func enroll(o object, p pod, spec config.MeshEnrollmentSpec) {
	labels := child(child(p.object, "metadata"), "labels")
	labels["sidecar.istio.io/inject"] = "true"
	labels[spec.IdentityLabel.Key] = spec.IdentityLabel.Value
	if spec.Revision != "" && str(labels["istio.io/rev"]) == "" {
		labels["istio.io/rev"] = spec.Revision
	}
	annotate(o, p, spec)
	p.mount(spec)
}

func annotate(o object, p pod, spec config.MeshEnrollmentSpec) {
	template := p.object
	annotations, _ := get(template, "metadata", "annotations").(object)
	if annotations == nil {
		annotations = object{}
	}
	gateway := isGateway(p) || matches(spec.Gateways, o, template, spec)
	wanted := spec.Templates.Sidecar
	if gateway {
		wanted = spec.Templates.Gateway
	}
	old, had := annotations["inject.istio.io/templates"]
	if spec.WorkloadSocket.Provider == config.PodSocket {
		wanted = wanted[:1]
	}
	if had || gateway || spec.WorkloadSocket.Provider != config.PodSocket {
		annotations["inject.istio.io/templates"] = complete(str(old), wanted)
	}
	if p.isJob(str(o["kind"])) && !gateway && annotations["sidecar.istio.io/nativeSidecar"] == nil {
		annotations["sidecar.istio.io/nativeSidecar"] = "true"
	}
	if file := spec.WorkloadSocket.File; file != "" && !namesFile(template) {
		annotations["proxy.istio.io/config"] = requireFile(str(annotations["proxy.istio.io/config"]), file)
	}
	if len(annotations) > 0 {
		child(template, "metadata")["annotations"] = annotations
	}
}

func isGateway(p pod) bool {
	template := p.object
	if names := split(str(get(template, "metadata", "annotations", "inject.istio.io/templates"))); len(names) > 0 {
		return slices.Contains(names, "gateway")
	}
	containers, _ := get(template, "spec", "containers").([]any)
	return !p.metadata && len(containers) == 1 && get(containers[0], "name") == "istio-proxy" && get(containers[0], "image") == "auto"
}

// complete joins the names that are there and those that are wanted; compare it by Names.
func complete(old string, wanted []string) string {
	names := split(old)
	for i, name := range wanted {
		switch {
		case slices.Contains(names, name):
		case i == 0 && (slices.Contains(names, "grpc-agent") || slices.Contains(names, "grpc-simple")):
		case i == 0:
			names = slices.Insert(names, 0, name)
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

func split(annotation string) []string {
	var names []string
	for name := range strings.SplitSeq(annotation, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// namesFile says whether the pod's own istio-proxy names the socket's file.
func namesFile(template object) bool {
	for _, list := range []string{"containers", "initContainers"} {
		containers, _ := get(template, "spec", list).([]any)
		if i := find(containers, "istio-proxy"); i >= 0 {
			env, _ := get(containers[i], "env").([]any)
			i := find(env, "WORKLOAD_IDENTITY_SOCKET_FILE")
			return i >= 0 && str(get(env[i], "value")) != ""
		}
	}
	return false
}

// requireFile sets the socket file in a proxy configuration that does not name one.
func requireFile(text, file string) string {
	config := object{}
	if yaml.Unmarshal([]byte(text), &config) != nil {
		return Unreadable
	}
	if file := get(config, "proxyMetadata", "WORKLOAD_IDENTITY_SOCKET_FILE"); file != nil && file != "" { // it may be a number
		return text
	}
	child(config, "proxyMetadata")["WORKLOAD_IDENTITY_SOCKET_FILE"] = file
	encoded, err := yaml.Marshal(config)
	if err != nil {
		panic(err) // it was decoded a moment ago
	}
	return string(encoded)
}

func volumes(template object, spec config.MeshEnrollmentSpec) {
	csi := decoded(spec.WorkloadSocket.CSI)
	podSpec, _ := template["spec"].(object)
	if podSpec == nil {
		podSpec = object{}
	}
	list, _ := podSpec["volumes"].([]any)
	if i := find(list, "workload-socket"); i >= 0 {
		volume := list[i].(object)
		if volume["csi"] == nil {
			volume["csi"] = csi
		}
		for source, value := range volume {
			if source != "name" && source != "csi" && value != nil {
				delete(volume, source)
			}
		}
	} else if spec.WorkloadSocket.Provider == config.PodSocket {
		list = append(list, object{"name": "workload-socket", "csi": csi})
	}
	if spec.WorkloadAPI != nil && mountWorkloadAPI(podSpec, *spec.WorkloadAPI) && find(list, "spiffe-workload-api") < 0 {
		list = append(list, object{"name": "spiffe-workload-api", "csi": csi})
	}
	if len(list) > 0 {
		podSpec["volumes"] = list
		template["spec"] = podSpec
	}
}

// mountWorkloadAPI says whether a container gained a mount.
func mountWorkloadAPI(podSpec object, api config.WorkloadAPI) bool {
	mounted := false
	containers, _ := podSpec["containers"].([]any)
	for _, c := range containers {
		container := c.(object)
		env, _ := container["env"].([]any)
		if container["name"] == "istio-proxy" || find(env, "SPIFFE_ENDPOINT_SOCKET") >= 0 {
			continue
		}
		container["env"] = append(env, object{"name": "SPIFFE_ENDPOINT_SOCKET", "value": "unix://" + api.MountPath + "/" + api.File})
		mounts, _ := container["volumeMounts"].([]any)
		if !slices.ContainsFunc(mounts, func(m any) bool { return get(m, "mountPath") == api.MountPath }) {
			container["volumeMounts"] = append(mounts, object{"name": "spiffe-workload-api", "mountPath": api.MountPath, "readOnly": true})
			mounted = true
		}
	}
	return mounted
}
