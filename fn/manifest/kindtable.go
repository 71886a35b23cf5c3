package manifest

import "enmesh.dev/enmesh/fn/config"

// row says where a known kind has one of its pod templates. An empty path is the object itself, and an empty group is the core group.
type row struct {
	group, kind, path string
	traits            trait
	operated
}

type trait uint8

const (
	isJob trait = 1 << iota
	// onlyMetadata: the path leads to metadata, and not to a pod template.
	onlyMetadata
	// create: what the path names is made where the object does not have it.
	create
	// noTemplate: the operator passes nothing on to the pods.
	noTemplate
)

// compile returns the row as the kind that it makes known. The core group's objects have a version only.
func (r *row) compile() Kind {
	version := ""
	if r.group == "" {
		version = "v1"
	}
	return Kind{
		PodTemplate: config.PodTemplate{Group: r.group, Version: version, Kind: r.kind, Path: r.path,
			CreateIfNotPresent: r.traits&create != 0, MetadataOnly: r.traits&onlyMetadata != 0},
		IsJob: r.traits&isJob != 0, NoTemplate: r.traits&noTemplate != 0,
		operated: &r.operated, path: steps(r.path)}
}

const podMetadata = onlyMetadata | create

// builtinKinds are the known kinds. OPERATORS.md says where it is documented or coded what operators pass on to their pods. The table has
// constants only, because it is there at each start of the program.
var builtinKinds = [...]row{
	{kind: "Pod"},
	{kind: "PodTemplate", path: "template"},
	{kind: "ReplicationController", path: "spec/template"},
	{group: "apps", kind: "Deployment", path: "spec/template"},
	{group: "apps", kind: "ReplicaSet", path: "spec/template"},
	{group: "apps", kind: "StatefulSet", path: "spec/template"},
	{group: "apps", kind: "DaemonSet", path: "spec/template"},
	{group: "extensions", kind: "Deployment", path: "spec/template"},
	{group: "extensions", kind: "ReplicaSet", path: "spec/template"},
	{group: "extensions", kind: "DaemonSet", path: "spec/template"},
	{group: "batch", kind: "Job", path: "spec/template", traits: isJob},
	{group: "batch", kind: "CronJob", path: "spec/jobTemplate/spec/template", traits: isJob},

	// OpenShift
	{kind: "DeploymentConfig", path: "spec/template"},
	{group: "apps.openshift.io", kind: "DeploymentConfig", path: "spec/template"},

	// Argo Rollouts
	{group: "argoproj.io", kind: "Rollout", path: "spec/template"},
	{group: "argoproj.io", kind: "Experiment", path: "spec/templates[]/template"},
	{group: "argoproj.io", kind: "AnalysisTemplate", path: "spec/metrics[]/provider/job/spec/template", traits: isJob},
	{group: "argoproj.io", kind: "ClusterAnalysisTemplate", path: "spec/metrics[]/provider/job/spec/template", traits: isJob},
	{group: "argoproj.io", kind: "AnalysisRun", path: "spec/metrics[]/provider/job/spec/template", traits: isJob},
	// Argo Workflows: a workflow's templates are no pod templates, but all of its pods get its podMetadata
	{group: "argoproj.io", kind: "Workflow", path: "spec/podMetadata", traits: podMetadata | isJob,
		operated: operated{spec: "spec", accountField: unknown, inner: "spec/templateDefaults spec/templates[]"}},
	{group: "argoproj.io", kind: "WorkflowTemplate", path: "spec/podMetadata", traits: podMetadata | isJob,
		operated: operated{spec: "spec", accountField: unknown, inner: "spec/templateDefaults spec/templates[]"}},
	{group: "argoproj.io", kind: "ClusterWorkflowTemplate", path: "spec/podMetadata", traits: podMetadata | isJob,
		operated: operated{spec: "spec", accountField: unknown, inner: "spec/templateDefaults spec/templates[]"}},
	{group: "argoproj.io", kind: "CronWorkflow", path: "spec/workflowSpec/podMetadata", traits: podMetadata | isJob,
		operated: operated{spec: "spec/workflowSpec", accountField: unknown, inner: "spec/workflowSpec/templateDefaults spec/workflowSpec/templates[]"}},
	// Argo Events
	{group: "argoproj.io", kind: "EventSource", path: "spec/template/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template", volumes: true,
			accountField: "spec/template/serviceAccountName", accountName: "default"}},
	{group: "argoproj.io", kind: "Sensor", path: "spec/template/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template", volumes: true,
			accountField: "spec/template/serviceAccountName", accountName: "default"}},
	{group: "argoproj.io", kind: "EventBus", path: "spec/jetstream/metadata", traits: podMetadata, operated: operated{needs: "spec/jetstream",
		accountField: "spec/jetstream/serviceAccountName", accountName: "default"}},
	{group: "argoproj.io", kind: "EventBus", path: "spec/nats/native/metadata", traits: podMetadata, operated: operated{needs: "spec/nats/native",
		accountField: "spec/nats/native/serviceAccountName", accountName: "default"}},

	// Knative Serving and Eventing
	{group: "serving.knative.dev", kind: "Service", path: "spec/template"},
	{group: "serving.knative.dev", kind: "Configuration", path: "spec/template"},
	{group: "sources.knative.dev", kind: "ContainerSource", path: "spec/template"},
	{group: "sources.knative.dev", kind: "ApiServerSource", traits: noTemplate, operated: operated{Drops: "the receive adapter"}},
	{group: "sinks.knative.dev", kind: "IntegrationSink", traits: noTemplate, operated: operated{Drops: "the sink"}},
	{group: "sinks.knative.dev", kind: "JobSink", path: "spec/job/spec/template", traits: isJob},

	// Tekton Pipelines: a run's pods get the labels and annotations of the run itself, and a run gets those of its task or pipeline
	{group: "tekton.dev", kind: "TaskRun", path: ownMetadata, traits: onlyMetadata | isJob,
		operated: operated{spec: "spec/podTemplate", volumes: true, accountField: "spec/serviceAccountName"}},
	{group: "tekton.dev", kind: "PipelineRun", path: ownMetadata, traits: onlyMetadata | isJob,
		operated: operated{spec: "spec/taskRunTemplate/podTemplate", volumes: true, accountField: unknown, inner: "spec/taskRunSpecs[] spec/pipelineSpec/tasks[]/taskSpec",
			Drops: "the affinity assistant, which gets the labels only", dropsIf: "spec/workspaces[]/volumeClaimTemplate spec/workspaces[]/persistentVolumeClaim"}},
	{group: "tekton.dev", kind: "Task", path: ownMetadata, traits: onlyMetadata | isJob, operated: operated{accountField: unknown}},
	{group: "tekton.dev", kind: "Pipeline", path: ownMetadata, traits: onlyMetadata | isJob,
		operated: operated{accountField: unknown, inner: "spec/tasks[]/taskSpec"}},
	// Tekton Triggers
	{group: "triggers.tekton.dev", kind: "EventListener", path: "spec/resources/kubernetesResource/spec/template/metadata", traits: podMetadata,
		operated: operated{unless: "spec/resources/customResource", spec: "spec/resources/kubernetesResource/spec/template/spec", accountField: unknown}},

	// KEDA
	{group: "keda.sh", kind: "ScaledJob", path: "spec/jobTargetRef/template", traits: isJob},

	// Prometheus Operator
	{group: "monitoring.coreos.com", kind: "Prometheus", path: "spec/podMetadata", traits: podMetadata,
		operated: operated{spec: "spec", volumes: true, accountField: "spec/serviceAccountName", accountName: "default"}},
	{group: "monitoring.coreos.com", kind: "PrometheusAgent", path: "spec/podMetadata", traits: podMetadata,
		operated: operated{spec: "spec", volumes: true, accountField: "spec/serviceAccountName", accountName: "default"}},
	{group: "monitoring.coreos.com", kind: "Alertmanager", path: "spec/podMetadata", traits: podMetadata,
		operated: operated{spec: "spec", volumes: true, accountField: "spec/serviceAccountName", accountName: "default"}},
	{group: "monitoring.coreos.com", kind: "ThanosRuler", path: "spec/podMetadata", traits: podMetadata,
		operated: operated{spec: "spec", volumes: true, accountField: "spec/serviceAccountName", accountName: "default"}},

	// CloudNativePG: a spec without containers is refused, so a pooler's template gets no volume unless it has one
	{group: "postgresql.cnpg.io", kind: "Cluster", path: "spec/inheritedMetadata", traits: podMetadata,
		operated: operated{accountField: "spec/serviceAccountName", accountName: "*"}},
	{group: "postgresql.cnpg.io", kind: "Pooler", path: "spec/template/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template/spec", volumes: true, accountField: "spec/serviceAccountName", accountName: "*"}},

	// Strimzi: what a node pool says of its pods replaces what the Kafka object says, so a pool gets no template that it does not have
	{group: "kafka.strimzi.io", kind: "Kafka", path: "spec/kafka/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/kafka", spec: "spec/kafka/template/pod", volumes: true, accountName: "*-kafka"}},
	{group: "kafka.strimzi.io", kind: "Kafka", path: "spec/zookeeper/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/zookeeper", accountName: "*-zookeeper"}},
	{group: "kafka.strimzi.io", kind: "Kafka", path: "spec/entityOperator/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/entityOperator", spec: "spec/entityOperator/template/pod", volumes: true, accountName: "*-entity-operator"}},
	{group: "kafka.strimzi.io", kind: "Kafka", path: "spec/cruiseControl/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/cruiseControl", spec: "spec/cruiseControl/template/pod", volumes: true, accountName: "*-cruise-control"}},
	{group: "kafka.strimzi.io", kind: "Kafka", path: "spec/kafkaExporter/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/kafkaExporter", spec: "spec/kafkaExporter/template/pod", volumes: true, accountName: "*-kafka-exporter"}},
	{group: "kafka.strimzi.io", kind: "KafkaNodePool", path: "spec/template/pod/metadata", traits: podMetadata,
		operated: operated{needs: "spec/template/pod", spec: "spec/template/pod", volumes: true, accountField: unknown}},
	{group: "kafka.strimzi.io", kind: "KafkaConnect", path: "spec/template/pod/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template/pod", volumes: true, accountName: "*-connect"}},
	{group: "kafka.strimzi.io", kind: "KafkaConnect", path: "spec/template/buildPod/metadata", traits: podMetadata | isJob,
		operated: operated{needs: "spec/build", spec: "spec/template/buildPod", volumes: true, accountName: "*-connect-build"}},
	{group: "kafka.strimzi.io", kind: "KafkaMirrorMaker2", path: "spec/template/pod/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template/pod", volumes: true, accountName: "*-mirrormaker2"}},
	{group: "kafka.strimzi.io", kind: "KafkaBridge", path: "spec/template/pod/metadata", traits: podMetadata,
		operated: operated{spec: "spec/template/pod", volumes: true, accountName: "*-bridge"}},

	// Elastic Cloud on Kubernetes
	{group: "elasticsearch.k8s.elastic.co", kind: "Elasticsearch", path: "spec/nodeSets[]/podTemplate", traits: create},
	{group: "kibana.k8s.elastic.co", kind: "Kibana", path: "spec/podTemplate", traits: create},
	{group: "apm.k8s.elastic.co", kind: "ApmServer", path: "spec/podTemplate", traits: create},
	{group: "enterprisesearch.k8s.elastic.co", kind: "EnterpriseSearch", path: "spec/podTemplate", traits: create},
	{group: "maps.k8s.elastic.co", kind: "ElasticMapsServer", path: "spec/podTemplate", traits: create},
	{group: "packageregistry.k8s.elastic.co", kind: "PackageRegistry", path: "spec/podTemplate", traits: create},
	{group: "autoops.k8s.elastic.co", kind: "AutoOpsAgentPolicy", path: "spec/podTemplate", traits: create},
	{group: "logstash.k8s.elastic.co", kind: "Logstash", path: "spec/podTemplate", traits: create},
	{group: "beat.k8s.elastic.co", kind: "Beat", path: "spec/daemonSet/podTemplate", traits: create,
		operated: operated{needs: "spec/daemonSet"}},
	{group: "beat.k8s.elastic.co", kind: "Beat", path: "spec/deployment/podTemplate", traits: create,
		operated: operated{needs: "spec/deployment"}},
	{group: "agent.k8s.elastic.co", kind: "Agent", path: "spec/daemonSet/podTemplate", traits: create,
		operated: operated{needs: "spec/daemonSet"}},
	{group: "agent.k8s.elastic.co", kind: "Agent", path: "spec/deployment/podTemplate", traits: create,
		operated: operated{needs: "spec/deployment"}},
	{group: "agent.k8s.elastic.co", kind: "Agent", path: "spec/statefulSet/podTemplate", traits: create,
		operated: operated{needs: "spec/statefulSet"}},

	// Spark Operator
	{group: "sparkoperator.k8s.io", kind: "SparkApplication", path: "spec/driver", traits: podMetadata | isJob,
		operated: operated{spec: "spec/driver", accountField: "spec/driver/serviceAccount", inner: "spec/driver/template"}},
	{group: "sparkoperator.k8s.io", kind: "SparkApplication", path: "spec/executor", traits: podMetadata | isJob,
		operated: operated{spec: "spec/executor", accountField: "spec/executor/serviceAccount", inner: "spec/executor/template"}},
	{group: "sparkoperator.k8s.io", kind: "ScheduledSparkApplication", path: "spec/template/driver", traits: podMetadata | isJob,
		operated: operated{spec: "spec/template/driver", accountField: "spec/template/driver/serviceAccount", inner: "spec/template/driver/template"}},
	{group: "sparkoperator.k8s.io", kind: "ScheduledSparkApplication", path: "spec/template/executor", traits: podMetadata | isJob,
		operated: operated{spec: "spec/template/executor", accountField: "spec/template/executor/serviceAccount", inner: "spec/template/executor/template"}},
	{group: "sparkoperator.k8s.io", kind: "SparkConnect", path: "spec/server/template", traits: create,
		operated: operated{needs: "spec/server"}},
	{group: "sparkoperator.k8s.io", kind: "SparkConnect", path: "spec/executor/template", traits: create | isJob,
		operated: operated{needs: "spec/executor", accountField: unknown}},

	// Flink Kubernetes Operator: the template of all pods, and those of the job manager and the task managers, which are merged into it
	{group: "flink.apache.org", kind: "FlinkDeployment", path: "spec/podTemplate", traits: create,
		operated: operated{accountField: "spec/serviceAccount"}},
	{group: "flink.apache.org", kind: "FlinkDeployment", path: "spec/jobManager/podTemplate", operated: operated{accountField: "spec/serviceAccount"}},
	{group: "flink.apache.org", kind: "FlinkDeployment", path: "spec/taskManager/podTemplate",
		operated: operated{accountField: "spec/serviceAccount"}},
	{group: "flink.apache.org", kind: "FlinkBlueGreenDeployment", path: "spec/template/spec/podTemplate", traits: create,
		operated: operated{accountField: "spec/template/spec/serviceAccount"}},
	{group: "flink.apache.org", kind: "FlinkBlueGreenDeployment", path: "spec/template/spec/jobManager/podTemplate",
		operated: operated{accountField: "spec/template/spec/serviceAccount"}},
	{group: "flink.apache.org", kind: "FlinkBlueGreenDeployment", path: "spec/template/spec/taskManager/podTemplate",
		operated: operated{accountField: "spec/template/spec/serviceAccount"}},

	// RabbitMQ Cluster Operator: a spec without containers is refused, so the override gets no volume unless it has one
	{group: "rabbitmq.com", kind: "RabbitmqCluster", path: "spec/override/statefulSet/spec/template/metadata", traits: podMetadata,
		operated: operated{spec: "spec/override/statefulSet/spec/template/spec", volumes: true, accountName: "*-server"}},

	// Kubernetes SIGs: JobSet and LeaderWorkerSet
	{group: "jobset.x-k8s.io", kind: "JobSet", path: "spec/replicatedJobs[]/template/spec/template", traits: isJob},
	{group: "leaderworkerset.x-k8s.io", kind: "LeaderWorkerSet", path: "spec/leaderWorkerTemplate/leaderTemplate"},
	{group: "leaderworkerset.x-k8s.io", kind: "LeaderWorkerSet", path: "spec/leaderWorkerTemplate/workerTemplate"},

	// OpenKruise
	{group: "apps.kruise.io", kind: "CloneSet", path: "spec/template"},
	{group: "apps.kruise.io", kind: "StatefulSet", path: "spec/template"},
	{group: "apps.kruise.io", kind: "DaemonSet", path: "spec/template"},
	{group: "apps.kruise.io", kind: "BroadcastJob", path: "spec/template", traits: isJob},
	{group: "apps.kruise.io", kind: "AdvancedCronJob", path: "spec/template/jobTemplate/spec/template", traits: isJob},
	{group: "apps.kruise.io", kind: "AdvancedCronJob", path: "spec/template/broadcastJobTemplate/spec/template", traits: isJob},
	{group: "apps.kruise.io", kind: "UnitedDeployment", path: "spec/template/statefulSetTemplate/spec/template"},
	{group: "apps.kruise.io", kind: "UnitedDeployment", path: "spec/template/advancedStatefulSetTemplate/spec/template"},
	{group: "apps.kruise.io", kind: "UnitedDeployment", path: "spec/template/cloneSetTemplate/spec/template"},
	{group: "apps.kruise.io", kind: "UnitedDeployment", path: "spec/template/deploymentTemplate/spec/template"},
}

const (
	// ownMetadata is the path of the object's own metadata.
	ownMetadata = "metadata"
	// unknown stands for a field that no object has: the object does not tell the pod's service account.
	unknown = "?"
)
