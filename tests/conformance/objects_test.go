package conformance

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// object is one of a stream, as the API server would get it.
type object struct {
	metav1.TypeMeta
	Metadata metav1.ObjectMeta
	json     []byte
	refused  error // where its metadata is of the wrong types
}

// decode reads the objects of a stream, as kubectl and Helm do. What they cannot read on its own is left out.
func decode(text []byte) []object {
	var objects []object
	for span := range stream.Split(text) {
		json, err := yaml.YAMLToJSON(bytes.TrimPrefix(text[span.Start:span.End], []byte("\uFEFF")))
		if err == nil {
			objects = append(objects, flatten(json)...)
		}
	}
	return objects
}

// flatten gives an object, or the items of a list.
func flatten(text []byte) []object {
	var list struct {
		Kind  string
		Items []json.RawMessage
	}
	if json.Unmarshal(text, &list) == nil && strings.HasSuffix(list.Kind, "List") && list.Items != nil {
		var objects []object
		for _, item := range list.Items {
			objects = append(objects, flatten(item)...)
		}
		return objects
	}
	o := object{json: text}
	if o.refused = json.Unmarshal(text, &o); o.Kind == "Pod" { // what is wrong with its labels is the pod's own matter
		o.refused = json.Unmarshal(text, &struct {
			Metadata struct{ Name, Namespace string }
		}{})
	}
	return []object{o}
}

func (o object) into(t *testing.T, typed any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(o.json, typed))
}

// podPaths tells where a kind holds its pod template, where that is not spec/template.
var podPaths = map[string]string{"Pod": "", "PodTemplate": "template", "CronJob": "spec/jobTemplate/spec/template",
	"JobSet": "spec/replicatedJobs/0/template/spec/template", "ScaledJob": "spec/jobTargetRef/template", "JobSink": "spec/job/spec/template",
	"LeaderWorkerSet": "spec/leaderWorkerTemplate/workerTemplate", "AdvancedCronJob": "spec/template/broadcastJobTemplate/spec/template",
	"Experiment": "spec/templates/0/template", "AnalysisTemplate": "spec/metrics/1/provider/job/spec/template", "Elasticsearch": "spec/nodeSets/0/podTemplate",
	"Kibana": "spec/podTemplate", "ApmServer": "spec/podTemplate", "EnterpriseSearch": "spec/podTemplate", "ElasticMapsServer": "spec/podTemplate",
	"PackageRegistry": "spec/podTemplate", "AutoOpsAgentPolicy": "spec/podTemplate", "Logstash": "spec/podTemplate",
	"Beat":            "spec/deployment/podTemplate spec/daemonSet/podTemplate",
	"Agent":           "spec/deployment/podTemplate spec/daemonSet/podTemplate spec/statefulSet/podTemplate",
	"FlinkDeployment": "spec/podTemplate", "FlinkBlueGreenDeployment": "spec/template/spec/podTemplate"}

// metadataPaths tells where a kind holds the metadata of a pod, if it holds no pod template, and from there the way to the fields of the pod's
// spec that it has.
var metadataPaths = map[string]struct{ path, spec string }{
	"Workflow": {"spec/podMetadata", ".."}, "WorkflowTemplate": {"spec/podMetadata", ".."}, "ClusterWorkflowTemplate": {"spec/podMetadata", ".."},
	"CronWorkflow": {"spec/workflowSpec/podMetadata", ".."}, "EventSource": {"spec/template/metadata", ".."}, "Sensor": {"spec/template/metadata", ".."},
	"EventBus": {"spec/jetstream/metadata spec/nats/native/metadata", ""}, "TaskRun": {"metadata", "../spec/podTemplate"},
	"PipelineRun": {"metadata", "../spec/taskRunTemplate/podTemplate"}, "Task": {"metadata", ""}, "Pipeline": {"metadata", ""},
	"EventListener": {"spec/resources/kubernetesResource/spec/template/metadata", ""},
	"Prometheus":    {"spec/podMetadata", ".."}, "PrometheusAgent": {"spec/podMetadata", ".."}, "Alertmanager": {"spec/podMetadata", ".."},
	"ThanosRuler": {"spec/podMetadata", ".."}, "Cluster": {"spec/inheritedMetadata", ""}, "Pooler": {"spec/template/metadata", "../spec"},
	"Kafka": {"spec/kafka/template/pod/metadata", ".."}, "KafkaNodePool": {"spec/template/pod/metadata", ".."},
	"KafkaConnect": {"spec/template/pod/metadata", ".."}, "KafkaMirrorMaker2": {"spec/template/pod/metadata", ".."},
	"KafkaBridge": {"spec/template/pod/metadata", ".."}, "SparkApplication": {"spec/driver", "."}, "ScheduledSparkApplication": {"spec/template/driver", "."},
	"RabbitmqCluster": {"spec/override/statefulSet/spec/template/metadata", "../spec"}}

// pod gives the Pod that the object's controller will create, of the pod template at a path if it has several. The error says why the API
// server refuses the object.
func (o object) pod(kinds []config.PodTemplate, at string) (*corev1.Pod, error) {
	field, metadataOnly := "spec/template", false
	if other, ok := podPaths[o.Kind]; ok {
		field = other
	}
	for _, kind := range kinds {
		if kind.Kind == o.Kind {
			field, metadataOnly = strings.ReplaceAll(kind.Path, "[]", "/0"), kind.MetadataOnly
		}
	}
	spec := ""
	if paths, ok := metadataPaths[o.Kind]; ok && !metadataOnly {
		field, metadataOnly, spec = paths.path, true, paths.spec
	}
	for other := range strings.FieldsSeq(field) { // the first that is there
		if text, err := o.at(other); err != nil || string(text) != "{}" {
			field = other
			break
		}
	}
	if at != "" {
		field = strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(at)
	}
	if o.Kind == "Pod" {
		pod := &corev1.Pod{}
		return pod, json.Unmarshal(o.json, pod)
	}
	text, err := o.at(field)
	if err != nil {
		return nil, err
	}
	var template corev1.PodTemplateSpec
	into := any(&template)
	if metadataOnly {
		into = &template.ObjectMeta
		template.Spec.Containers = []corev1.Container{{Name: "app", Image: "app:v1"}}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, err
	}
	if spec != "" {
		if err := o.spec(path.Join(field, spec), &template.Spec); err != nil {
			return nil, err
		}
	}
	if o.Kind == "Cluster" && strings.HasPrefix(o.APIVersion, "postgresql.cnpg.io/") {
		template.Spec.ServiceAccountName = o.Metadata.Name // CloudNativePG makes it
	}
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	o.own(pod)
	return pod, nil
}

// at gives the JSON at a path of the object.
func (o object) at(field string) ([]byte, error) {
	text := []byte(o.json)
	for _, key := range strings.FieldsFunc(field, func(r rune) bool { return r == '/' }) {
		var items []json.RawMessage
		if i, err := strconv.Atoi(key); err == nil && json.Unmarshal(text, &items) == nil && i < len(items) {
			text = items[i]
			continue
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(text, &fields); err != nil {
			return nil, err
		}
		if text = fields[key]; text == nil {
			text = []byte("{}")
		}
	}
	return text, nil
}

// spec reads what the object has at a path of a pod's spec, as far as its operator passes it on.
func (o object) spec(field string, into *corev1.PodSpec) error {
	text, err := o.at(field)
	if err != nil {
		return err
	}
	var has struct {
		Containers         []corev1.Container // beside the operator's own
		Volumes            []corev1.Volume
		HostNetwork        bool
		ServiceAccountName string
	}
	err = json.Unmarshal(text, &has)
	into.Containers = append(into.Containers, has.Containers...)
	into.Volumes, into.HostNetwork, into.ServiceAccountName = has.Volumes, has.HostNetwork, has.ServiceAccountName
	return err
}

// own names the pod as its controller does: Istio reads the workload's name from it.
func (o object) own(pod *corev1.Pod) {
	owner := metav1.OwnerReference{APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Metadata.Name, Controller: new(true)}
	if o.Kind == "Deployment" {
		const hash = "5d9c7b8f6"
		owner.Kind, owner.Name = "ReplicaSet", owner.Name+"-"+hash
		if pod.Labels == nil {
			pod.Labels = map[string]string{}
		}
		pod.Labels["pod-template-hash"] = hash
	}
	pod.Name, pod.GenerateName = "", owner.Name+"-"
	pod.OwnerReferences = []metav1.OwnerReference{owner}
}

// subject is a pod with what enmesh says about it.
type subject struct {
	said    outcome.Pod
	pod     *corev1.Pod
	refused error // why the API server does not take the pod at all
	object  error // why it does not take the object that would have made the pod
	json    []byte
}

// subjects finds the pods that an outcome is about. Those that never reach a cluster are left out.
func subjects(out *outcome.Outcome, objects []object, kinds []config.PodTemplate) []subject {
	left := slices.Clone(objects)
	var found []subject
	for _, said := range out.Pods {
		i := slices.IndexFunc(left, func(o object) bool {
			r := said.Resource
			return o.APIVersion == r.APIVersion && o.Kind == r.Kind && o.Metadata.Name == r.Name &&
				(o.Metadata.Namespace == "" || o.Metadata.Namespace == r.Namespace)
		})
		if i < 0 {
			continue // its document cannot be read on its own
		}
		o := left[i]
		if said.Template == "" {
			left = slices.Delete(left, i, i+1)
		}
		if said.Outcome == outcome.LocalConfig || said.Outcome == outcome.NoPodTemplate || o.Kind == "Gateway" {
			continue // tests/live has the pods that istiod makes
		}
		if said.VerdictReason == "SomePodsOutside" {
			continue // the pod here is one of the others
		}
		pod, err := o.pod(kinds, said.Template)
		found = append(found, subject{said, pod, err, o.refused, o.json})
	}
	return found
}

// namespace is where a pod is created.
func (s subject) namespace() string {
	if s.said.Resource.Namespace == "" {
		return "default"
	}
	return s.said.Resource.Namespace
}
