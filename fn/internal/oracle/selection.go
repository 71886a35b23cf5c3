package oracle

import (
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn/config"
)

// paths lead from an object to its pod template.
var paths = map[string]string{
	"v1/Pod": "", "v1/PodTemplate": "template", "v1/ReplicationController": "spec.template",
	"apps/Deployment": "spec.template", "apps/ReplicaSet": "spec.template", "apps/StatefulSet": "spec.template",
	"apps/DaemonSet": "spec.template", "extensions/Deployment": "spec.template", "extensions/DaemonSet": "spec.template",
	"extensions/ReplicaSet": "spec.template", "batch/Job": "spec.template", "batch/CronJob": "spec.jobTemplate.spec.template",
	"apps.openshift.io/DeploymentConfig": "spec.template", "v1/DeploymentConfig": "spec.template",
	"argoproj.io/Rollout": "spec.template", "serving.knative.dev/Service": "spec.template",
}

func podTemplate(o object, spec config.MeshEnrollmentSpec) (object, bool) {
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

func selected(o, template object, spec config.MeshEnrollmentSpec) bool {
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
	if str(get(o, "metadata", "annotations", "helm.sh/hook")) != "" && spec.Hooks == config.SkipHooks && !marked {
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
func matches(selectors []types.Selector, o, template object, spec config.MeshEnrollmentSpec) bool {
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

func injectable(o, template object, spec config.MeshEnrollmentSpec, disabled map[string]bool) bool {
	namespace := str(get(o, "metadata", "namespace"))
	if namespace == "" {
		namespace = spec.Namespace
	}
	return str(get(template, "spec", "hostNetwork")) != "true" && !disabled[namespace] &&
		!slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}, namespace)
}
