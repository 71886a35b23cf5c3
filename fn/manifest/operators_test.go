package manifest

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write OPERATORS.md")

// sources say, for each row of an operator, where its documentation or code says that it passes pod metadata on. The kinds stand with their
// paths.
var sources = []struct {
	name, repository string
	sources          []sourced
}{
	{"Prometheus Operator", "prometheus-operator/prometheus-operator", []sourced{
		{"pkg/prometheus/promcfg.go", "`BuildPodMetadata` copies the labels and annotations of `podMetadata`, for Prometheus and its agent, as StatefulSet or DaemonSet",
			[]string{"Prometheus spec/podMetadata", "PrometheusAgent spec/podMetadata"}},
		{"pkg/alertmanager/statefulset.go", "the pods get the labels and annotations of `podMetadata`, and the volumes of `volumes`", []string{"Alertmanager spec/podMetadata"}},
		{"pkg/thanos/statefulset.go", "the pods get the labels and annotations of `podMetadata`, and the volumes of `volumes`", []string{"ThanosRuler spec/podMetadata"}},
	}},
	{"CloudNativePG", "cloudnative-pg/cloudnative-pg", []sourced{
		{"docs/src/labels_annotations.md", "all resources of a cluster inherit `inheritedMetadata`, its pods and those of its jobs included; the jobs stop Istio's proxy themselves " +
			"(internal/management/istio)", []string{"Cluster spec/inheritedMetadata"}},
		{"pkg/specs/pgbouncer/deployments.go", "the Deployment's pod template is built from `template`, and its service account is set", []string{"Pooler spec/template/metadata"}},
	}},
	{"Strimzi", "strimzi/strimzi-kafka-operator", []sourced{
		{"cluster-operator/src/main/java/io/strimzi/operator/cluster/model/WorkloadUtils.java",
			"`createStatefulPod`, `createPodTemplateSpec` and `createPod` merge the template's labels and annotations into the pod's",
			[]string{"Kafka spec/kafka/template/pod/metadata", "Kafka spec/entityOperator/template/pod/metadata", "Kafka spec/cruiseControl/template/pod/metadata",
				"Kafka spec/kafkaExporter/template/pod/metadata", "KafkaConnect spec/template/pod/metadata", "KafkaConnect spec/template/buildPod/metadata",
				"KafkaMirrorMaker2 spec/template/pod/metadata", "KafkaBridge spec/template/pod/metadata"}},
		{"cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaPool.java", "`processTemplate` takes the pool's `pod` instead of the Kafka object's, if it has one",
			[]string{"KafkaNodePool spec/template/pod/metadata"}},
		{"CHANGELOG.md", "up to 0.45, the class `ZookeeperClusterTemplate` of the API had the same template for ZooKeeper's pods", []string{"Kafka spec/zookeeper/template/pod/metadata"}},
	}},
	{"Elastic Cloud on Kubernetes", "elastic/cloud-on-k8s", []sourced{
		{"pkg/controller/common/defaults/pod_template.go", "`NewPodTemplateBuilder` starts from `podTemplate`, and `WithLabels` and `WithAnnotations` override none of its own",
			[]string{"Elasticsearch spec/nodeSets[]/podTemplate", "Kibana spec/podTemplate", "ApmServer spec/podTemplate", "EnterpriseSearch spec/podTemplate",
				"ElasticMapsServer spec/podTemplate", "PackageRegistry spec/podTemplate", "AutoOpsAgentPolicy spec/podTemplate", "Logstash spec/podTemplate",
				"Beat spec/daemonSet/podTemplate", "Beat spec/deployment/podTemplate", "Agent spec/daemonSet/podTemplate", "Agent spec/deployment/podTemplate",
				"Agent spec/statefulSet/podTemplate"}},
	}},
	{"Spark Operator", "kubeflow/spark-operator", []sourced{
		{"internal/controller/sparkapplication/submission.go", "`driverConfOption` and `executorConfOption` make a property of Spark of each label and annotation; a volume only " +
			"reaches a pod that mounts it", []string{"SparkApplication spec/driver", "SparkApplication spec/executor", "ScheduledSparkApplication spec/template/driver",
			"ScheduledSparkApplication spec/template/executor"}},
		{"internal/controller/sparkconnect/reconciler.go", "`mutateServerPod` takes the template's labels, annotations and spec; executors get their template as a file of Spark",
			[]string{"SparkConnect spec/server/template", "SparkConnect spec/executor/template"}},
	}},
	{"Flink Kubernetes Operator", "apache/flink-kubernetes-operator", []sourced{
		{"docs/content/docs/custom-resource/pod-template.md", "the template of all pods is merged with that of the job manager, or of the task managers",
			[]string{"FlinkDeployment spec/podTemplate", "FlinkDeployment spec/jobManager/podTemplate", "FlinkDeployment spec/taskManager/podTemplate",
				"FlinkBlueGreenDeployment spec/template/spec/podTemplate", "FlinkBlueGreenDeployment spec/template/spec/jobManager/podTemplate",
				"FlinkBlueGreenDeployment spec/template/spec/taskManager/podTemplate"}},
	}},
	{"RabbitMQ Cluster Operator", "rabbitmq/cluster-operator", []sourced{
		{"internal/resource/statefulset.go", "`applyStsOverride` merges the override's labels and annotations into the pod's, and its spec but for the service account and hostNetwork",
			[]string{"RabbitmqCluster spec/override/statefulSet/spec/template/metadata"}},
	}},
	{"Argo Rollouts", "argoproj/argo-rollouts", []sourced{
		{"pkg/apis/rollouts/v1alpha1/types.go", "`template` is a pod template, as in a Deployment", []string{"Rollout spec/template"}},
		{"experiments/replicaset.go", "a ReplicaSet is made of each template", []string{"Experiment spec/templates[]/template"}},
		{"metricproviders/job/job.go", "a Job is made of the metric's spec", []string{"AnalysisTemplate spec/metrics[]/provider/job/spec/template",
			"ClusterAnalysisTemplate spec/metrics[]/provider/job/spec/template", "AnalysisRun spec/metrics[]/provider/job/spec/template"}},
	}},
	{"Argo Workflows", "argoproj/argo-workflows", []sourced{
		{"workflow/controller/workflowpod.go", "the labels and annotations of `podMetadata` are copied to each pod; a volume only reaches a pod that mounts it",
			[]string{"Workflow spec/podMetadata", "WorkflowTemplate spec/podMetadata", "ClusterWorkflowTemplate spec/podMetadata", "CronWorkflow spec/workflowSpec/podMetadata"}},
	}},
	{"Argo Events", "argoproj/argo-events", []sourced{
		{"pkg/reconciler/eventsource/resource.go", "the pod template gets the template's labels, annotations and volumes", []string{"EventSource spec/template/metadata"}},
		{"pkg/reconciler/sensor/resource.go", "the pod template gets the template's labels, annotations and volumes", []string{"Sensor spec/template/metadata"}},
		{"pkg/reconciler/eventbus/installer/jetstream.go", "`buildStatefulSetSpec` copies the labels and annotations of `metadata`", []string{"EventBus spec/jetstream/metadata"}},
		{"pkg/reconciler/eventbus/installer/nats.go", "the StatefulSet's pods get the labels and annotations of `metadata`", []string{"EventBus spec/nats/native/metadata"}},
	}},
	{"Tekton Pipelines", "tektoncd/pipeline", []sourced{
		{"pkg/pod/pod.go", "`makeLabels` copies the TaskRun's labels, and `Build` its annotations and the volumes of its `podTemplate`", []string{"TaskRun metadata"}},
		{"pkg/reconciler/pipelinerun/pipelinerun.go", "TaskRuns get the labels and annotations of the PipelineRun, but the affinity assistant's pod only the labels " +
			"(affinity_assistant.go)", []string{"PipelineRun metadata"}},
		{"docs/labels.md", "labels propagate from a Task to its TaskRuns, and from a Pipeline to its PipelineRuns, and in code annotations too (`storeTaskSpecAndMergeMeta`, " +
			"`storePipelineSpecAndMergeMeta`)", []string{"Task metadata", "Pipeline metadata"}},
	}},
	{"Tekton Triggers", "tektoncd/triggers", []sourced{
		{"pkg/reconciler/eventlistener/resources/deployment.go", "the pods get the labels and annotations of the template under `kubernetesResource`",
			[]string{"EventListener spec/resources/kubernetesResource/spec/template/metadata"}},
	}},
	{"KEDA", "kedacore/keda", []sourced{
		{"pkg/scaling/executor/scale_jobs.go", "each Job is made of `jobTargetRef`", []string{"ScaledJob spec/jobTargetRef/template"}},
	}},
	{"Knative Serving", "knative/serving", []sourced{
		{"pkg/reconciler/revision/resources/deploy.go", "`MakeDeployment` gives pods the Revision's labels and annotations, which are the template's, but for Knative's own",
			[]string{"Service spec/template", "Configuration spec/template"}},
	}},
	{"Knative Eventing", "knative/eventing", []sourced{
		{"pkg/reconciler/containersource/resources/deployment.go", "the Deployment takes the template as it is", []string{"ContainerSource spec/template"}},
		{"cmd/jobsink/main.go", "each Job is a copy of the JobSink's", []string{"JobSink spec/job/spec/template"}},
		{"pkg/reconciler/apiserversource/resources/receive_adapter.go", "`MakeReceiveAdapter` sets `sidecar.istio.io/inject` itself, and nothing else", []string{"ApiServerSource"}},
		{"pkg/reconciler/integration/sink/resources/container_image.go", "the Deployment has the controller's own labels only", []string{"IntegrationSink"}},
	}},
	{"JobSet", "kubernetes-sigs/jobset", []sourced{
		{"api/jobset/v1alpha2/jobset_types.go", "`ReplicatedJob` has the template of its Jobs", []string{"JobSet spec/replicatedJobs[]/template/spec/template"}},
	}},
	{"LeaderWorkerSet", "kubernetes-sigs/lws", []sourced{
		{"api/leaderworkerset/v1/leaderworkerset_types.go", "`LeaderWorkerTemplate` has the templates of leaders and of workers",
			[]string{"LeaderWorkerSet spec/leaderWorkerTemplate/leaderTemplate", "LeaderWorkerSet spec/leaderWorkerTemplate/workerTemplate"}},
	}},
	{"OpenKruise", "openkruise/kruise", []sourced{
		{"apis/apps/v1alpha1", "the kinds have pod templates, as those of Kubernetes have, or templates of such workloads", []string{"CloneSet spec/template", "StatefulSet spec/template",
			"DaemonSet spec/template", "BroadcastJob spec/template", "AdvancedCronJob spec/template/jobTemplate/spec/template",
			"AdvancedCronJob spec/template/broadcastJobTemplate/spec/template", "UnitedDeployment spec/template/statefulSetTemplate/spec/template",
			"UnitedDeployment spec/template/advancedStatefulSetTemplate/spec/template", "UnitedDeployment spec/template/cloneSetTemplate/spec/template",
			"UnitedDeployment spec/template/deploymentTemplate/spec/template"}},
	}},
}

// sourced are rows with one source: a file of the repository, and what it says.
type sourced struct {
	file, says string
	rows       []string
}

// OPERATORS.md shows the operators' rows with their sources. `make docs` writes it.
func TestOperatorsPage(t *testing.T) {
	page := operatorsPage(t)
	if *update {
		require.NoError(t, os.WriteFile("OPERATORS.md", []byte(page), 0o644))
	}
	text, err := os.ReadFile("OPERATORS.md")
	require.NoError(t, err)
	require.Equal(t, page, string(text), "stale: run `make docs`")
}

func isOperated(r *row) bool {
	return !slices.Contains([]string{"", "apps", "extensions", "batch", "apps.openshift.io"}, r.group)
}

// operatorsPage writes the page. It takes the rows in the order of the sources, and fails if one has no source.
func operatorsPage(t *testing.T) string {
	left := map[string][]*row{}
	for i := range builtinKinds {
		if r := &builtinKinds[i]; isOperated(r) {
			name := strings.TrimSpace(r.kind + " " + r.path)
			left[name] = append(left[name], r)
		}
	}
	var b strings.Builder
	b.WriteString(`# Operators' objects

enmesh finds the pods in these objects of operators, and sets what the operator passes on to them. Where it passes nothing on, the finding
[OperatorDropsMetadata](../verdict/FINDINGS.md#OperatorDropsMetadata) says so: [an admission policy](../../examples/admission) enrolls such pods when
they are created. Other kinds stand in ` + "`spec.podTemplates`" + ` of the [configuration](../config/CONFIGURATION.md).

A path with "or new" is created where the object does not have it. Volumes matter with ` + "`--workload-socket Pod`" + `. An asterisk in a service
account is the object's name, and a path is that of the field that names it. If neither is known, the report shows no identity of the pod.

This page is generated from the code by ` + "`make docs`" + `.
`)
	for _, o := range sources {
		fmt.Fprintf(&b, "\n## %s\n\n| kind | path | passed on | service account | job | source |\n| --- | --- | --- | --- | --- | --- |\n", o.name)
		for _, s := range o.sources {
			for i, name := range s.rows {
				require.NotEmpty(t, left[name], "%s is not in the table", name)
				r := left[name][0]
				if left[name] = left[name][1:]; len(left[name]) == 0 {
					delete(left, name)
				}
				source := fmt.Sprintf("[%s](https://github.com/%s/blob/HEAD/%s)", path.Base(s.file), o.repository, s.file)
				if i == 0 {
					source += ": " + s.says
				}
				fmt.Fprintf(&b, "| %s<br>%s | %s | %s | %s | %s | %s |\n", r.kind, r.group, pathOf(r), passedOn(r), accountOf(r), yes(r.traits&isJob), source)
			}
		}
	}
	require.Empty(t, left, "rows without a source")
	return b.String()
}

func yes(t trait) string {
	if t == 0 {
		return ""
	}
	return "yes"
}

func pathOf(r *row) string {
	if r.path == "" {
		return ""
	}
	text := "`" + r.path + "`"
	if r.traits&create == 0 {
		return text
	}
	text += " or new"
	if r.needs != "" {
		text += ", if there is `" + r.needs + "`"
	}
	if r.unless != "" {
		text += ", unless there is `" + r.unless + "`"
	}
	return text
}

func passedOn(r *row) string {
	text := "labels, annotations, volumes"
	switch {
	case r.traits&noTemplate != 0:
		return "nothing: " + r.Drops
	case r.traits&onlyMetadata != 0 && r.volumes:
		text = "labels, annotations; volumes in `" + r.spec + "`"
	case r.traits&onlyMetadata != 0:
		text = "labels, annotations"
	}
	if r.Drops != "" {
		text += "; not to " + r.Drops
	}
	return text
}

func accountOf(r *row) string {
	var names []string
	if r.accountField != "" && r.accountField != unknown {
		names = append(names, "`"+r.accountField+"`")
	}
	if r.accountName != "" {
		names = append(names, "`"+r.accountName+"`")
	}
	if names == nil && r.traits&(onlyMetadata|noTemplate) == 0 && r.accountField == "" {
		return "as in the template"
	}
	return cmp.Or(strings.Join(names, " or "), "not known")
}
