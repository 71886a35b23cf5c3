// Package operators holds enmesh's word on operators' objects against the operators' own code: what enmesh writes must be fields of their
// types, and their functions must carry it to the pod.
package operators

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	workflows "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	agent "github.com/elastic/cloud-on-k8s/v3/pkg/apis/agent/v1alpha1"
	apm "github.com/elastic/cloud-on-k8s/v3/pkg/apis/apm/v1"
	beat "github.com/elastic/cloud-on-k8s/v3/pkg/apis/beat/v1beta1"
	elasticsearch "github.com/elastic/cloud-on-k8s/v3/pkg/apis/elasticsearch/v1"
	enterprisesearch "github.com/elastic/cloud-on-k8s/v3/pkg/apis/enterprisesearch/v1"
	kibana "github.com/elastic/cloud-on-k8s/v3/pkg/apis/kibana/v1"
	logstash "github.com/elastic/cloud-on-k8s/v3/pkg/apis/logstash/v1alpha1"
	maps "github.com/elastic/cloud-on-k8s/v3/pkg/apis/maps/v1alpha1"
	packageregistry "github.com/elastic/cloud-on-k8s/v3/pkg/apis/packageregistry/v1alpha1"
	"github.com/elastic/cloud-on-k8s/v3/pkg/controller/common/defaults"
	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// types are the operators' own, by kind. Of the other operators no Go module is to be had.
var types = map[string]func() any{
	"Prometheus":        func() any { return &monitoringv1.Prometheus{} },
	"Alertmanager":      func() any { return &monitoringv1.Alertmanager{} },
	"ThanosRuler":       func() any { return &monitoringv1.ThanosRuler{} },
	"PrometheusAgent":   func() any { return &monitoringv1alpha1.PrometheusAgent{} },
	"Elasticsearch":     func() any { return &elasticsearch.Elasticsearch{} },
	"Kibana":            func() any { return &kibana.Kibana{} },
	"ApmServer":         func() any { return &apm.ApmServer{} },
	"EnterpriseSearch":  func() any { return &enterprisesearch.EnterpriseSearch{} },
	"ElasticMapsServer": func() any { return &maps.ElasticMapsServer{} },
	"PackageRegistry":   func() any { return &packageregistry.PackageRegistry{} },
	"Logstash":          func() any { return &logstash.Logstash{} },
	"Beat":              func() any { return &beat.Beat{} },
	"Agent":             func() any { return &agent.Agent{} },
	"Workflow":          func() any { return &workflows.Workflow{} },
	"CronWorkflow":      func() any { return &workflows.CronWorkflow{} },
	"ScaledJob":         func() any { return &keda.ScaledJob{} },
}

// What enmesh writes into the objects of its own cases are fields that the operators have, and what their functions make of the objects has the
// labels and annotations, and in the mode Pod the volume.
func TestOperatorsPassOn(t *testing.T) {
	files, err := filepath.Glob("../../fn/testdata/cases/*operator*.txtar")
	require.NoError(t, err)
	seen, carried := map[string]bool{}, 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		for _, part := range archive.Files {
			if part.Name != "in.yaml" {
				continue
			}
			for _, provider := range []config.SocketProvider{config.TemplateSocket, config.PodSocket} {
				for _, document := range enroll(t, part.Data, provider) {
					var meta metav1.TypeMeta
					require.NoError(t, yaml.Unmarshal(document.text, &meta))
					object := types[meta.Kind]
					if object == nil {
						continue
					}
					seen[meta.Kind] = true
					into := object()
					name := fmt.Sprintf("%s, %s:\n%s", filepath.Base(file), provider, document.text)
					decode(t, document.text, into, name)
					if !document.enrolled {
						continue
					}
					for _, pod := range podsOf(t, into) {
						carried++
						require.Equal(t, "true", pod.Labels["sidecar.istio.io/inject"], name)
						require.Equal(t, "true", pod.Labels["spire-managed-identity"], name)
						if provider == config.TemplateSocket {
							require.Contains(t, pod.Annotations["inject.istio.io/templates"], "spire", name)
						} else if pod.Spec.Volumes != nil {
							require.Equal(t, "csi.spiffe.io", pod.Spec.Volumes[len(pod.Spec.Volumes)-1].CSI.Driver, name)
						}
					}
				}
			}
		}
	}
	require.Len(t, seen, len(types), "no case has one of these kinds: %v", seen)
	require.Greater(t, carried, 30)
}

type document struct {
	text     []byte
	enrolled bool
}

// enroll gives the documents of the output, and of each whether all of its pods are enrolled.
func enroll(t *testing.T, text []byte, provider config.SocketProvider) []document {
	t.Helper()
	e := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}
	e.Spec.WorkloadSocket.Provider = provider
	transformer, err := fn.New(e)
	require.NoError(t, err)
	result, err := transformer.Transform(stream.Stream{Name: "in.yaml", Bytes: text})
	require.NoError(t, err)
	var out bytes.Buffer
	for _, edits := range result.Edits {
		_, err := edits.WriteTo(&out)
		require.NoError(t, err)
	}
	stays := map[string]bool{}
	for _, p := range result.Pods {
		stays[p.Resource.Kind+" "+p.Resource.Name] = stays[p.Resource.Kind+" "+p.Resource.Name] || p.Outcome != outcome.Enrolled
	}
	var documents []document
	for _, text := range bytes.Split(out.Bytes(), []byte("\n---\n")) {
		var object metav1.PartialObjectMetadata
		require.NoError(t, yaml.Unmarshal(text, &object))
		out, known := stays[object.Kind+" "+object.Name]
		documents = append(documents, document{text, known && !out})
	}
	return documents
}

// decode reads an object as the API server does in the strict mode: field names count in their case, and those that are not known are errors.
func decode(t *testing.T, text []byte, into any, name string) {
	t.Helper()
	text, err := yaml.YAMLToJSONStrict(text)
	require.NoError(t, err, name)
	strict, err := json.UnmarshalStrict(text, into)
	require.NoError(t, err, name)
	require.Empty(t, strict, name)
}

// with is the pod that has what an object's typed fields say.
func with(labels, annotations map[string]string, volumes []corev1.Volume) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels, Annotations: annotations}, Spec: corev1.PodSpec{Volumes: volumes}}
}

// podsOf gives the pods that the operator makes of an object: by its own function, as Elastic exports it, or by the fields that
// OPERATORS.md names the functions for.
func podsOf(t *testing.T, object any) []corev1.PodTemplateSpec {
	t.Helper()
	built := func(template corev1.PodTemplateSpec) []corev1.PodTemplateSpec {
		b := defaults.NewPodTemplateBuilder(template, "main").WithLabels(map[string]string{"its": "own"}).WithAnnotations(map[string]string{"its": "own"})
		return []corev1.PodTemplateSpec{b.PodTemplate}
	}
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		return []corev1.PodTemplateSpec{with(o.Spec.PodMetadata.Labels, o.Spec.PodMetadata.Annotations, o.Spec.Volumes)}
	case *monitoringv1alpha1.PrometheusAgent:
		return []corev1.PodTemplateSpec{with(o.Spec.PodMetadata.Labels, o.Spec.PodMetadata.Annotations, o.Spec.Volumes)}
	case *monitoringv1.Alertmanager:
		return []corev1.PodTemplateSpec{with(o.Spec.PodMetadata.Labels, o.Spec.PodMetadata.Annotations, o.Spec.Volumes)}
	case *workflows.Workflow:
		return []corev1.PodTemplateSpec{with(o.Spec.PodMetadata.Labels, o.Spec.PodMetadata.Annotations, nil)}
	case *elasticsearch.Elasticsearch:
		var pods []corev1.PodTemplateSpec
		for _, set := range o.Spec.NodeSets {
			pods = append(pods, built(set.PodTemplate)...)
		}
		return pods
	case *kibana.Kibana:
		return built(o.Spec.PodTemplate)
	case *apm.ApmServer:
		return built(o.Spec.PodTemplate)
	case *enterprisesearch.EnterpriseSearch:
		return built(o.Spec.PodTemplate)
	case *maps.ElasticMapsServer:
		return built(o.Spec.PodTemplate)
	case *packageregistry.PackageRegistry:
		return built(o.Spec.PodTemplate)
	case *logstash.Logstash:
		return built(o.Spec.PodTemplate)
	case *beat.Beat:
		if o.Spec.DaemonSet != nil {
			return built(o.Spec.DaemonSet.PodTemplate)
		}
		return built(o.Spec.Deployment.PodTemplate)
	case *agent.Agent:
		switch {
		case o.Spec.DaemonSet != nil:
			return built(o.Spec.DaemonSet.PodTemplate)
		case o.Spec.StatefulSet != nil:
			return built(o.Spec.StatefulSet.PodTemplate)
		}
		return built(o.Spec.Deployment.PodTemplate)
	}
	return nil
}
