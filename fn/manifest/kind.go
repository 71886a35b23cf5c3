package manifest

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// builtinKinds says where each known kind has its pod templates. An empty path is the object itself, an empty group is the core group, and an
// empty version is any version.
var builtinKinds = []Kind{
	at("", "Pod", ""),
	at("", "PodTemplate", "template"),
	at("", "ReplicationController", "spec/template"),
	at("apps", "Deployment", "spec/template"),
	at("apps", "ReplicaSet", "spec/template"),
	at("apps", "StatefulSet", "spec/template"),
	at("apps", "DaemonSet", "spec/template"),
	at("extensions", "Deployment", "spec/template"),
	at("extensions", "ReplicaSet", "spec/template"),
	at("extensions", "DaemonSet", "spec/template"),
	job(at("batch", "Job", "spec/template")),
	job(at("batch", "CronJob", "spec/jobTemplate/spec/template")),

	// OpenShift (docs.redhat.com, Workloads APIs)
	at("", "DeploymentConfig", "spec/template"),
	at("apps.openshift.io", "DeploymentConfig", "spec/template"),
	// Argo Rollouts (argoproj.github.io/argo-rollouts) and Argo Workflows (argo-workflows.readthedocs.io, fields): a workflow's templates are no
	// pod templates, but all of its pods get its podMetadata
	at("argoproj.io", "Rollout", "spec/template"),
	operated(job(metadata(at("argoproj.io", "Workflow", "spec/podMetadata")))),
	operated(job(metadata(at("argoproj.io", "WorkflowTemplate", "spec/podMetadata")))),
	operated(job(metadata(at("argoproj.io", "ClusterWorkflowTemplate", "spec/podMetadata")))),
	operated(job(metadata(at("argoproj.io", "CronWorkflow", "spec/workflowSpec/podMetadata")))),
	// Knative Serving and Eventing (knative.dev/docs/serving/reference, eventing/reference)
	operated(at("serving.knative.dev", "Service", "spec/template")),
	operated(at("serving.knative.dev", "Configuration", "spec/template")),
	operated(at("sources.knative.dev", "ContainerSource", "spec/template")),
	operated(job(at("sinks.knative.dev", "JobSink", "spec/job/spec/template"))),
	// Kubernetes SIGs: JobSet (jobset.sigs.k8s.io) and LeaderWorkerSet (lws.sigs.k8s.io)
	operated(job(at("jobset.x-k8s.io", "JobSet", "spec/replicatedJobs[]/template/spec/template"))),
	operated(at("leaderworkerset.x-k8s.io", "LeaderWorkerSet", "spec/leaderWorkerTemplate/leaderTemplate")),
	operated(at("leaderworkerset.x-k8s.io", "LeaderWorkerSet", "spec/leaderWorkerTemplate/workerTemplate")),
	// OpenKruise (openkruise.io/docs/user-manuals)
	operated(at("apps.kruise.io", "CloneSet", "spec/template")),
	operated(at("apps.kruise.io", "StatefulSet", "spec/template")),
	operated(at("apps.kruise.io", "DaemonSet", "spec/template")),
	operated(job(at("apps.kruise.io", "BroadcastJob", "spec/template"))),
	operated(job(at("apps.kruise.io", "AdvancedCronJob", "spec/template/jobTemplate/spec/template"))),
	operated(job(at("apps.kruise.io", "AdvancedCronJob", "spec/template/broadcastJobTemplate/spec/template"))),
	operated(at("apps.kruise.io", "UnitedDeployment", "spec/template/statefulSetTemplate/spec/template")),
	operated(at("apps.kruise.io", "UnitedDeployment", "spec/template/advancedStatefulSetTemplate/spec/template")),
	operated(at("apps.kruise.io", "UnitedDeployment", "spec/template/cloneSetTemplate/spec/template")),
	operated(at("apps.kruise.io", "UnitedDeployment", "spec/template/deploymentTemplate/spec/template")),
	// KEDA (keda.sh/docs, Scaling Jobs)
	operated(job(at("keda.sh", "ScaledJob", "spec/jobTargetRef/template"))),
}

func at(group, kind, path string) Kind {
	version := ""
	if group == "" {
		version = "v1" // an object has an apiVersion
	}
	return Kind{PodTemplate: config.PodTemplate{Group: group, Version: version, Kind: kind, Path: path}}
}

func job(k Kind) Kind {
	k.IsJob = true
	return k
}

func operated(k Kind) Kind {
	k.ByOperator = true
	return k
}

func metadata(k Kind) Kind {
	k.MetadataOnly, k.CreateIfNotPresent = true, true
	return k
}

// Kinds is the table of kinds that hold pods.
type Kinds map[string][]Kind

// Kind is a row of the table, compiled.
type Kind struct {
	config.PodTemplate
	// IsJob: the pods must complete.
	IsJob bool
	// ByOperator: an operator makes the pods, and not Kubernetes itself.
	ByOperator bool
	isCustom   bool
	anyGroup   bool
	path       []string
}

// NewKinds returns the built-in kinds and the custom ones.
func NewKinds(custom []config.PodTemplate) Kinds {
	table := Kinds{}
	for _, t := range custom {
		table.add(Kind{PodTemplate: t, ByOperator: true, isCustom: true, anyGroup: t.Group == ""})
	}
	for _, k := range builtinKinds {
		table.add(k)
	}
	return table
}

// Jobs returns the types of jobs, as GROUP/KIND, in alphabetical order.
func (k Kinds) Jobs() []string {
	var types []string
	for _, rows := range k {
		for _, row := range rows {
			if name := row.Group + "/" + row.PodTemplate.Kind; row.IsJob && !slices.Contains(types, name) {
				types = append(types, name)
			}
		}
	}
	slices.Sort(types)
	return types
}

func (k Kinds) add(row Kind) {
	if row.Path != "" {
		row.path = strings.Split(row.Path, "/")
	}
	k[row.PodTemplate.Kind] = append(k[row.PodTemplate.Kind], row)
}

// Find returns the rows for the type of an object: one for each path to pod templates. Custom rows override the built-in ones.
func (k Kinds) Find(apiVersion, kind string) []Kind {
	rows := k[kind]
	if rows == nil || apiVersion == "" {
		return nil
	}
	group, version := GroupVersion(apiVersion)
	var found []Kind
	for _, row := range rows {
		if !(row.anyGroup || row.Group == group) || row.Version != "" && row.Version != version {
			continue
		}
		if len(found) > 0 && (found[0].isCustom != row.isCustom || slices.ContainsFunc(found, func(other Kind) bool { return other.Path == row.Path })) {
			continue
		}
		found = append(found, row)
	}
	return found
}

// GroupVersion splits an apiVersion; the core group is empty.
func GroupVersion(apiVersion string) (group, version string) {
	if group, version, found := strings.Cut(apiVersion, "/"); found {
		return group, version
	}
	return "", apiVersion
}
