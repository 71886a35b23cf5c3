package oracle

import (
	"regexp"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// paths lead from an object to its pod template.
var paths = map[string]string{
	"v1/Pod": "", "v1/PodTemplate": "template", "v1/ReplicationController": "spec.template",
	"apps/Deployment": "spec.template", "apps/ReplicaSet": "spec.template", "apps/StatefulSet": "spec.template",
	"apps/DaemonSet": "spec.template", "extensions/Deployment": "spec.template", "extensions/DaemonSet": "spec.template",
	"extensions/ReplicaSet": "spec.template", "batch/Job": "spec.template", "batch/CronJob": "spec.jobTemplate.spec.template",
	"apps.openshift.io/DeploymentConfig": "spec.template", "v1/DeploymentConfig": "spec.template",
	"argoproj.io/Rollout": "spec.template", "argoproj.io/Experiment": "spec.templates[].template",
	"argoproj.io/AnalysisTemplate": "spec.metrics[].provider.job.spec.template", "argoproj.io/AnalysisRun": "spec.metrics[].provider.job.spec.template",
	"argoproj.io/ClusterAnalysisTemplate": "spec.metrics[].provider.job.spec.template", "sources.knative.dev/ContainerSource": "spec.template",
	"serving.knative.dev/Service": "spec.template", "serving.knative.dev/Configuration": "spec.template",
	"jobset.x-k8s.io/JobSet":                   "spec.replicatedJobs[].template.spec.template",
	"leaderworkerset.x-k8s.io/LeaderWorkerSet": "spec.leaderWorkerTemplate.leaderTemplate spec.leaderWorkerTemplate.workerTemplate",
	"apps.kruise.io/CloneSet":                  "spec.template",
	"apps.kruise.io/AdvancedCronJob":           "spec.template.jobTemplate.spec.template spec.template.broadcastJobTemplate.spec.template",
	"keda.sh/ScaledJob":                        "spec.jobTargetRef.template", "sinks.knative.dev/JobSink": "spec.job.spec.template",
}

// follow finds the mappings at a path, which may cross lists.
func follow(value any, path string) []object {
	if path == "" {
		o, ok := value.(object)
		if !ok {
			return nil
		}
		return []object{o}
	}
	step, rest, _ := strings.Cut(path, ".")
	name, isList := strings.CutSuffix(step, "[]")
	next := get(value, name)
	if !isList {
		return follow(next, rest)
	}
	var found []object
	items, _ := next.([]any)
	for _, item := range items {
		found = append(found, follow(item, rest)...)
	}
	return found
}

func selected(o, template object, spec config.MeshEnrollmentSpec) bool {
	if isLocal(o) {
		return false
	}
	marked, injects := false, []any{}
	for _, metadata := range []any{template["metadata"], o["metadata"]} {
		for _, section := range []string{"labels", "annotations"} {
			enroll := str(get(metadata, section, "enmesh.dev/enroll"))
			if isNo(enroll) {
				return false
			}
			marked = marked || enroll == "true" && section == "annotations"
			if inject, has := mapping(get(metadata, section))["sidecar.istio.io/inject"]; has {
				injects = append(injects, inject)
			}
		}
		identity := str(get(metadata, "labels", spec.IdentityLabel.Key))
		if isNo(identity) && identity != spec.IdentityLabel.Value {
			return false
		}
		marked = marked || str(get(metadata, "labels", "sidecar.istio.io/inject")) == "true" || identity == spec.IdentityLabel.Value
	}
	if len(injects) > 0 && isNo(str(injects[0])) {
		return false
	}
	named := slices.DeleteFunc(slices.Clone(spec.Targets), func(s config.Selector) bool { return s.Name == "" })
	if isMesh(template) && !marked && !matches(named, o, template, spec) {
		return false
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

func isNo(value string) bool {
	return slices.Contains([]string{"false", "f", "no", "n", "off", "0", "disabled", "disable"}, strings.ToLower(strings.TrimSpace(value)))
}

// isMesh says whether a pod is a part of the mesh itself.
func isMesh(template object) bool {
	labels := mapping(get(template, "metadata", "labels"))
	if str(labels["app"]) == "istiod" || str(labels["app"]) == "ztunnel" || str(labels["istio"]) == "pilot" || str(labels["k8s-app"]) == "istio-cni-node" {
		return true
	}
	containers, _ := get(template, "spec", "containers").([]any)
	return slices.ContainsFunc(containers, func(container any) bool {
		image := str(get(container, "image"))
		image = image[strings.LastIndex(image, "/")+1:]
		image, _, _ = strings.Cut(image, "@")
		image, _, _ = strings.Cut(image, ":")
		image = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(image, "spiffe-"), "istio-"), "-rhel9")
		return slices.Contains([]string{"spire-server", "spire-agent", "csi-driver", "spire-controller-manager", "oidc-discovery-provider",
			"spire-oidc-discovery-provider", "pilot", "install-cni", "cni", "ztunnel"}, image)
	})
}

// isLocal says whether an object never reaches the cluster.
func isLocal(o object) bool {
	local, has := mapping(get(o, "metadata", "annotations"))["config.kubernetes.io/local-config"]
	return has && str(local) != "false"
}

// matches says whether a selector fits. Of label and annotation selectors it knows `key=value` and `key`.
func matches(selectors []config.Selector, o, template object, spec config.MeshEnrollmentSpec) bool {
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
	return slices.ContainsFunc(selectors, func(s config.Selector) bool {
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
	if volumes, _ := get(template, "spec", "volumes").([]any); slices.ContainsFunc(volumes, func(v any) bool {
		return str(get(v, "name")) == "workload-socket" && (len(sources(v)) != 1 || get(v, "csi") == nil)
	}) {
		for _, list := range []string{"containers", "initContainers"} {
			containers, _ := get(template, "spec", list).([]any)
			for _, container := range containers {
				mounts, _ := get(container, "volumeMounts").([]any)
				if str(get(container, "name")) != "istio-proxy" && slices.ContainsFunc(mounts, func(m any) bool { return str(get(m, "name")) == "workload-socket" }) {
					return false
				}
			}
		}
	}
	return str(get(template, "spec", "hostNetwork")) != "true" && !disabled[namespace] &&
		!slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}, namespace)
}

// sources are the types of a volume.
func sources(volume any) []string {
	var names []string
	for name, value := range mapping(volume) {
		if name != "name" && value != nil {
			names = append(names, name)
		}
	}
	return names
}
