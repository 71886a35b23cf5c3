package oracle

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// jobs are the kinds whose pods must complete.
var jobs = strings.Fields(`Job CronJob JobSet AdvancedCronJob ScaledJob JobSink Workflow WorkflowTemplate ClusterWorkflowTemplate CronWorkflow
	AnalysisTemplate ClusterAnalysisTemplate AnalysisRun TaskRun PipelineRun Task Pipeline SparkApplication ScheduledSparkApplication`)

// place is where an object has a pod template, or its metadata only. A path has dots.
type place struct {
	path     string
	metadata bool   // it leads to the metadata
	create   bool   // it is made where it is missing
	within   string // as long as this is there
	unless   string // and this is not
	volumes  string // leads to the mapping in which the pod's volumes are; a whole pod spec is not made
	spec     string // leads to the pod's spec, as far as the object has it
	job      bool
}

func meta(path string) place { return place{path: path, metadata: true, create: true} }

func (p place) inside(path string) place   { p.within = path; return p }
func (p place) withSpec(path string) place { p.spec = path; return p }
func (p place) withVolumes(path string) place {
	p.spec, p.volumes = path, path
	return p
}

func template(path string) place { return place{path: path, create: true} }

// operators are the places in the objects of operators, by group and kind.
var operators = map[string][]place{
	"argoproj.io/Workflow":                {meta("spec.podMetadata").withSpec("spec")},
	"argoproj.io/WorkflowTemplate":        {meta("spec.podMetadata").withSpec("spec")},
	"argoproj.io/ClusterWorkflowTemplate": {meta("spec.podMetadata").withSpec("spec")},
	"argoproj.io/CronWorkflow":            {meta("spec.workflowSpec.podMetadata").withSpec("spec.workflowSpec")},
	"argoproj.io/EventSource":             {meta("spec.template.metadata").withVolumes("spec.template")},
	"argoproj.io/Sensor":                  {meta("spec.template.metadata").withVolumes("spec.template")},
	"argoproj.io/EventBus": {meta("spec.jetstream.metadata").inside("spec.jetstream"),
		meta("spec.nats.native.metadata").inside("spec.nats.native")},
	"tekton.dev/TaskRun":     {{path: "metadata", metadata: true, spec: "spec.podTemplate", volumes: "spec.podTemplate"}},
	"tekton.dev/PipelineRun": {{path: "metadata", metadata: true, spec: "spec.taskRunTemplate.podTemplate", volumes: "spec.taskRunTemplate.podTemplate"}},
	"tekton.dev/Task":        {{path: "metadata", metadata: true}},
	"tekton.dev/Pipeline":    {{path: "metadata", metadata: true}},
	"triggers.tekton.dev/EventListener": {{path: "spec.resources.kubernetesResource.spec.template.metadata", metadata: true, create: true,
		unless: "spec.resources.customResource", spec: "spec.resources.kubernetesResource.spec.template.spec"}},
	"monitoring.coreos.com/Prometheus":      {meta("spec.podMetadata").withVolumes("spec")},
	"monitoring.coreos.com/PrometheusAgent": {meta("spec.podMetadata").withVolumes("spec")},
	"monitoring.coreos.com/Alertmanager":    {meta("spec.podMetadata").withVolumes("spec")},
	"monitoring.coreos.com/ThanosRuler":     {meta("spec.podMetadata").withVolumes("spec")},
	"postgresql.cnpg.io/Cluster":            {meta("spec.inheritedMetadata")},
	"postgresql.cnpg.io/Pooler":             {meta("spec.template.metadata").withVolumes("spec.template.spec")},
	"kafka.strimzi.io/Kafka": {
		meta("spec.kafka.template.pod.metadata").inside("spec.kafka").withVolumes("spec.kafka.template.pod"),
		meta("spec.zookeeper.template.pod.metadata").inside("spec.zookeeper"),
		meta("spec.entityOperator.template.pod.metadata").inside("spec.entityOperator").withVolumes("spec.entityOperator.template.pod"),
		meta("spec.cruiseControl.template.pod.metadata").inside("spec.cruiseControl").withVolumes("spec.cruiseControl.template.pod"),
		meta("spec.kafkaExporter.template.pod.metadata").inside("spec.kafkaExporter").withVolumes("spec.kafkaExporter.template.pod")},
	"kafka.strimzi.io/KafkaNodePool": {meta("spec.template.pod.metadata").inside("spec.template.pod").withVolumes("spec.template.pod")},
	"kafka.strimzi.io/KafkaConnect": {meta("spec.template.pod.metadata").withVolumes("spec.template.pod"),
		{path: "spec.template.buildPod.metadata", metadata: true, create: true, within: "spec.build", job: true,
			spec: "spec.template.buildPod", volumes: "spec.template.buildPod"}},
	"kafka.strimzi.io/KafkaMirrorMaker2":               {meta("spec.template.pod.metadata").withVolumes("spec.template.pod")},
	"kafka.strimzi.io/KafkaBridge":                     {meta("spec.template.pod.metadata").withVolumes("spec.template.pod")},
	"elasticsearch.k8s.elastic.co/Elasticsearch":       {template("spec.nodeSets[].podTemplate")},
	"kibana.k8s.elastic.co/Kibana":                     {template("spec.podTemplate")},
	"apm.k8s.elastic.co/ApmServer":                     {template("spec.podTemplate")},
	"enterprisesearch.k8s.elastic.co/EnterpriseSearch": {template("spec.podTemplate")},
	"maps.k8s.elastic.co/ElasticMapsServer":            {template("spec.podTemplate")},
	"packageregistry.k8s.elastic.co/PackageRegistry":   {template("spec.podTemplate")},
	"autoops.k8s.elastic.co/AutoOpsAgentPolicy":        {template("spec.podTemplate")},
	"logstash.k8s.elastic.co/Logstash":                 {template("spec.podTemplate")},
	"beat.k8s.elastic.co/Beat": {template("spec.daemonSet.podTemplate").inside("spec.daemonSet"),
		template("spec.deployment.podTemplate").inside("spec.deployment")},
	"agent.k8s.elastic.co/Agent": {template("spec.daemonSet.podTemplate").inside("spec.daemonSet"),
		template("spec.deployment.podTemplate").inside("spec.deployment"), template("spec.statefulSet.podTemplate").inside("spec.statefulSet")},
	"sparkoperator.k8s.io/SparkApplication": {meta("spec.driver").withSpec("spec.driver"), meta("spec.executor").withSpec("spec.executor")},
	"sparkoperator.k8s.io/ScheduledSparkApplication": {meta("spec.template.driver").withSpec("spec.template.driver"),
		meta("spec.template.executor").withSpec("spec.template.executor")},
	"sparkoperator.k8s.io/SparkConnect": {template("spec.server.template").inside("spec.server"),
		{path: "spec.executor.template", create: true, within: "spec.executor", job: true}},
	"flink.apache.org/FlinkDeployment": {template("spec.podTemplate"), {path: "spec.jobManager.podTemplate"}, {path: "spec.taskManager.podTemplate"}},
	"flink.apache.org/FlinkBlueGreenDeployment": {template("spec.template.spec.podTemplate"), {path: "spec.template.spec.jobManager.podTemplate"},
		{path: "spec.template.spec.taskManager.podTemplate"}},
	"rabbitmq.com/RabbitmqCluster": {meta("spec.override.statefulSet.spec.template.metadata").withVolumes("spec.override.statefulSet.spec.template.spec")},
}

// pod is a pod template that was found. Where it is yet to be created, the steps are those that lead to it from the owner.
type pod struct {
	object
	place
	owner object
	steps []string
}

// create puts such a pod template into its object.
func (p pod) create() {
	if p.steps == nil {
		return
	}
	o := p.owner
	for _, step := range p.steps[:len(p.steps)-1] {
		o = child(o, step)
	}
	o[p.steps[len(p.steps)-1]] = p.object
	if p.metadata {
		o[p.steps[len(p.steps)-1]] = p.object["metadata"]
	}
}

// podTemplates finds the pod templates of an object.
func podTemplates(o object, spec config.MeshEnrollmentSpec) []pod {
	var found []pod
	for _, p := range places(o, spec) {
		if p.unless != "" && get(o, strings.Split(p.unless, ".")...) != nil {
			continue
		}
		before, last, inList := strings.Cut(p.path, "[].")
		if !inList || !p.create {
			before, last = "", p.path
		}
		owners := []object{o}
		if before != "" {
			owners = follow(o, before+"[]")
		}
		for _, owner := range owners {
			found = append(found, p.in(o, owner, last)...)
		}
	}
	return found
}

// in finds the pod templates at a path below an owner.
func (p place) in(o, owner object, path string) []pod {
	var found []pod
	for _, t := range follow(owner, path) {
		if p.metadata { // stand a pod template around it
			t = object{"metadata": t}
		}
		found = append(found, pod{t, p, o, nil})
	}
	steps := strings.Split(path, ".")
	_, there := get(o, strings.FieldsFunc(p.within, func(r rune) bool { return r == '.' })...).(object)
	if missing := get(owner, steps...) == nil; found == nil && p.create && there && missing && !strings.Contains(path, "[]") && reaches(owner, steps) {
		found = append(found, pod{object{"metadata": object{}}, p, owner, steps})
	}
	for i := range found {
		if podSpec, ok := get(o, strings.Split(p.spec, ".")...).(object); ok && p.spec != "" {
			found[i].object["spec"] = podSpec
		}
	}
	return found
}

// reaches says whether mappings, or nothing, are on the way.
func reaches(o object, steps []string) bool {
	for i := range steps[:len(steps)-1] {
		if at := get(o, steps[:i+1]...); at != nil {
			if _, ok := at.(object); !ok {
				return false
			}
		}
	}
	return true
}

// places are where an object of a kind has its pod templates.
func places(o object, spec config.MeshEnrollmentSpec) []place {
	group, _, grouped := strings.Cut(str(o["apiVersion"]), "/")
	kind := str(o["kind"])
	if !grouped && group != "v1" {
		return nil
	}
	var found []place
	for _, t := range spec.PodTemplates {
		if t.Kind == kind && (t.Group == "" || t.Group == group) {
			found = append(found, place{path: strings.ReplaceAll(t.Path, "/", "."), metadata: t.MetadataOnly, create: t.CreateIfNotPresent})
		}
	}
	if found != nil {
		return found
	}
	if builtin, ok := paths[group+"/"+kind]; ok {
		for path := range strings.SplitSeq(builtin, " ") {
			found = append(found, place{path: path})
		}
		return found
	}
	return operators[group+"/"+kind]
}

// mount gives the pod its volumes.
func (p pod) mount(spec config.MeshEnrollmentSpec) {
	if !p.metadata {
		volumes(p.object, spec)
		return
	}
	steps := strings.Split(p.volumes, ".")
	there := get(p.owner, steps...) != nil
	if p.volumes == "" || !there && steps[len(steps)-1] == "spec" {
		return
	}
	spec.WorkloadAPI = nil
	around := object{"spec": get(p.owner, steps...)}
	if volumes(around, spec); !there && around["spec"] != nil {
		o := p.owner
		for _, step := range steps[:len(steps)-1] {
			o = child(o, step)
		}
		o[steps[len(steps)-1]] = around["spec"]
	}
}

func (p pod) isJob(kind string) bool { return p.job || slices.Contains(jobs, kind) }
