// Package oracle enrolls pods in decoded manifests: maps in, maps out. It is the plain statement of what enrollment means,
// shares no code with the transformer but the configuration type, and is there for tests to hold the transformer to.
package oracle

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn"
)

type object = map[string]any

// Unreadable stands for YAML inside of text that the oracle would change and cannot decode. A decoder is stricter than the
// parser: it takes no key twice, no collection for a key, and no alias without its anchor.
const Unreadable = "\x00unreadable"

// Spelled leads a string that stands for a value of another type: its tag and how it is spelled follow.
const Spelled = "\x00"

// Enroll changes a decoded document: the object, or the items of its list, gain what the configuration asks for. The
// configuration has its defaults. The namespaces are those that turn injection off.
func Enroll(document any, spec fn.MeshEnrollmentSpec, disabled map[string]bool) {
	walk(document, func(o object) {
		configure(o, spec)
		template, ok := podTemplate(o, spec)
		if ok && selected(o, template, spec) && injectable(o, template, spec, disabled) {
			enroll(o, template, spec)
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

// paths lead from an object to its pod template.
var paths = map[string]string{
	"v1/Pod": "", "v1/PodTemplate": "template", "v1/ReplicationController": "spec.template",
	"apps/Deployment": "spec.template", "apps/ReplicaSet": "spec.template", "apps/StatefulSet": "spec.template",
	"apps/DaemonSet": "spec.template", "extensions/Deployment": "spec.template", "extensions/DaemonSet": "spec.template",
	"extensions/ReplicaSet": "spec.template", "batch/Job": "spec.template", "batch/CronJob": "spec.jobTemplate.spec.template",
	"apps.openshift.io/DeploymentConfig": "spec.template", "v1/DeploymentConfig": "spec.template",
	"argoproj.io/Rollout": "spec.template", "serving.knative.dev/Service": "spec.template",
}

func podTemplate(o object, spec fn.MeshEnrollmentSpec) (object, bool) {
	group, _, grouped := strings.Cut(str(o["apiVersion"]), "/")
	if !grouped && group != "v1" {
		return nil, false
	}
	kind := str(o["kind"])
	path, ok := paths[group+"/"+kind]
	for _, t := range spec.PodTemplates {
		if t.Kind == kind && (t.Group == "" || t.Group == group) {
			path, ok = strings.ReplaceAll(t.Path, "/", "."), true
			if t.MetadataOnly { // the path leads to the metadata: stand a pod template around it
				steps := strings.Split(path, ".")
				metadata, ok := get(o, steps...).(object)
				if !ok && t.CreateIfNotPresent {
					for metadata, ok = o, true; len(steps) > 0; steps = steps[1:] {
						metadata = child(metadata, steps[0])
					}
				}
				return object{"metadata": metadata}, ok
			}
		}
	}
	if !ok {
		return nil, false
	}
	if path == "" {
		return o, true
	}
	template, ok := get(o, strings.Split(path, ".")...).(object)
	return template, ok
}

func selected(o, template object, spec fn.MeshEnrollmentSpec) bool {
	if isLocal(o) {
		return false
	}
	inject, labelled := mapping(get(template, "metadata", "labels"))["sidecar.istio.io/inject"]
	if !labelled {
		inject = get(template, "metadata", "annotations", "sidecar.istio.io/inject")
	}
	marked := false
	for _, metadata := range []any{o["metadata"], template["metadata"]} {
		enroll := str(get(metadata, "annotations", "enmesh.dev/enroll"))
		if enroll == "false" || str(inject) == "false" {
			return false
		}
		marked = marked || enroll == "true" || str(get(metadata, "labels", "sidecar.istio.io/inject")) == "true" ||
			str(get(metadata, "labels", spec.IdentityLabel.Key)) == spec.IdentityLabel.Value
	}
	if str(get(o, "metadata", "annotations", "helm.sh/hook")) != "" && spec.Hooks == fn.SkipHooks && !marked {
		return false
	}
	if matches(spec.Exclude, o, template, spec) {
		return false
	}
	if len(spec.Targets) > 0 {
		return matches(spec.Targets, o, template, spec)
	}
	return spec.All || marked
}

// isLocal says whether an object never reaches the cluster.
func isLocal(o object) bool {
	local, has := mapping(get(o, "metadata", "annotations"))["config.kubernetes.io/local-config"]
	return has && str(local) != "false"
}

// matches says whether a selector fits. Of label and annotation selectors it knows `key=value` and `key`.
func matches(selectors []types.Selector, o, template object, spec fn.MeshEnrollmentSpec) bool {
	group, version, grouped := strings.Cut(str(o["apiVersion"]), "/")
	if !grouped {
		group, version = "", group
	}
	namespace := str(get(o, "metadata", "namespace"))
	if namespace == "" {
		namespace = spec.Namespace
	}
	fits := func(pattern, value string) bool {
		return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(value)
	}
	bears := func(section, selector string) bool {
		key, value, equal := strings.Cut(selector, "=")
		for _, metadata := range []any{o["metadata"], template["metadata"]} {
			if is, ok := mapping(get(metadata, section))[key]; ok && (!equal || str(is) == value) {
				return true
			}
		}
		return selector == ""
	}
	return slices.ContainsFunc(selectors, func(s types.Selector) bool {
		return (s.Group == "" || fits(s.Group, group)) && (s.Version == "" || fits(s.Version, version)) &&
			(s.Kind == "" || fits(s.Kind, str(o["kind"]))) && (s.Name == "" || fits(s.Name, str(get(o, "metadata", "name")))) &&
			(s.Namespace == "" || fits(s.Namespace, namespace)) &&
			bears("labels", s.LabelSelector) && bears("annotations", s.AnnotationSelector)
	})
}

func injectable(o, template object, spec fn.MeshEnrollmentSpec, disabled map[string]bool) bool {
	namespace := str(get(o, "metadata", "namespace"))
	if namespace == "" {
		namespace = spec.Namespace
	}
	return str(get(template, "spec", "hostNetwork")) != "true" && !disabled[namespace] &&
		!slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}, namespace)
}

func enroll(o, template object, spec fn.MeshEnrollmentSpec) {
	labels := child(child(template, "metadata"), "labels")
	labels["sidecar.istio.io/inject"] = "true"
	labels[spec.IdentityLabel.Key] = spec.IdentityLabel.Value
	if spec.Revision != "" && str(labels["istio.io/rev"]) == "" {
		labels["istio.io/rev"] = spec.Revision
	}
	annotate(o, template, spec)
	for _, t := range spec.PodTemplates {
		if t.MetadataOnly && t.Kind == o["kind"] {
			return
		}
	}
	volumes(template, spec)
}

func annotate(o, template object, spec fn.MeshEnrollmentSpec) {
	annotations, _ := get(template, "metadata", "annotations").(object)
	if annotations == nil {
		annotations = object{}
	}
	gateway := isGateway(template) || matches(spec.Gateways, o, template, spec)
	wanted := spec.Templates.Sidecar
	if gateway {
		wanted = spec.Templates.Gateway
	}
	old, had := annotations["inject.istio.io/templates"]
	if spec.WorkloadSocket.Provider == fn.PodSocket {
		wanted = wanted[:1]
	}
	if had || gateway || spec.WorkloadSocket.Provider != fn.PodSocket {
		annotations["inject.istio.io/templates"] = complete(str(old), wanted)
	}
	if kind := o["kind"]; (kind == "Job" || kind == "CronJob") && !gateway && annotations["sidecar.istio.io/nativeSidecar"] == nil {
		annotations["sidecar.istio.io/nativeSidecar"] = "true"
	}
	if file := spec.WorkloadSocket.File; file != "" && !namesFile(template) {
		annotations["proxy.istio.io/config"] = requireFile(str(annotations["proxy.istio.io/config"]), file)
	}
	if len(annotations) > 0 {
		child(template, "metadata")["annotations"] = annotations
	}
}

func isGateway(template object) bool {
	if names := split(str(get(template, "metadata", "annotations", "inject.istio.io/templates"))); len(names) > 0 {
		return slices.Contains(names, "gateway")
	}
	containers, _ := get(template, "spec", "containers").([]any)
	return len(containers) == 1 && get(containers[0], "name") == "istio-proxy" && get(containers[0], "image") == "auto"
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

func volumes(template object, spec fn.MeshEnrollmentSpec) {
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
	} else if spec.WorkloadSocket.Provider == fn.PodSocket {
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
func mountWorkloadAPI(podSpec object, api fn.WorkloadAPI) bool {
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
