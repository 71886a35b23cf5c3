package fn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// The identity of an operator's pods is said where the object, or the operator's way to name service accounts, tells it. What is not known is
// not said.
func TestIdentityOfOperatorsPods(t *testing.T) {
	const unknown = "<service account>"
	for manifest, accounts := range map[string][]string{
		"{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: {serviceAccountName: prometheus}}":                                                {"prometheus"},
		"{apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: {name: a}, spec: {}}":                                                                            {"default"},
		"{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: a}, spec: {}}":                                                                                    {"a"},
		"{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {generateName: a-}, spec: {}}":                                                                           {unknown},
		"{apiVersion: postgresql.cnpg.io/v1, kind: Pooler, metadata: {name: a}, spec: {serviceAccountName: b, template: {spec: {serviceAccountName: c}}}}":                     {"b"},
		"{apiVersion: kafka.strimzi.io/v1, kind: Kafka, metadata: {name: a}, spec: {kafka: {}, entityOperator: {}}}":                                                           {"a-kafka", "a-entity-operator"},
		"{apiVersion: kafka.strimzi.io/v1, kind: KafkaNodePool, metadata: {name: a}, spec: {template: {pod: {}}}}":                                                             {unknown},
		"{apiVersion: kafka.strimzi.io/v1, kind: KafkaConnect, metadata: {name: a}, spec: {build: {}}}":                                                                        {"a-connect", "a-connect-build"},
		"{apiVersion: kibana.k8s.elastic.co/v1, kind: Kibana, metadata: {name: a}, spec: {}}":                                                                                  {"default"},
		"{apiVersion: sparkoperator.k8s.io/v1beta2, kind: SparkApplication, metadata: {name: a}, spec: {driver: {serviceAccount: spark}, executor: {}}}":                       {"spark", unknown},
		"{apiVersion: flink.apache.org/v1beta1, kind: FlinkDeployment, metadata: {name: a}, spec: {serviceAccount: flink}}":                                                    {"flink"},
		"{apiVersion: flink.apache.org/v1beta1, kind: FlinkDeployment, metadata: {name: a}, spec: {}}":                                                                         {unknown},
		"{apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster, metadata: {name: a}, spec: {override: {statefulSet: {spec: {template: {spec: {serviceAccountName: b}}}}}}}": {"a-server"},
		"{apiVersion: tekton.dev/v1, kind: TaskRun, metadata: {name: a}, spec: {serviceAccountName: b}}":                                                                       {"b"},
		"{apiVersion: tekton.dev/v1, kind: TaskRun, metadata: {name: a}, spec: {}}":                                                                                            {unknown},
		"{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {serviceAccountName: b}}":                                                               {unknown},
	} {
		e := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, TrustDomain: "example.org", Namespace: "ns"}}
		result, _, err := transform(e, config.Enroll, []byte(manifest))
		require.NoError(t, err, manifest)
		var got []string
		for _, p := range result.Pods {
			got = append(got, p.SPIFFEID)
		}
		for i := range accounts {
			accounts[i] = "spiffe://example.org/ns/ns/sa/" + accounts[i]
		}
		require.Equal(t, accounts, got, manifest)
	}
}
