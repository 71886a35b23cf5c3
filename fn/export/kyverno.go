package export

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
)

// kyverno is a MutatingPolicy, by the expressions of mutatingAdmissionPolicy. Kyverno 1.17 deprecated its ClusterPolicy, and serves
// version v1 of this one. https://kyverno.io/docs/guides/migration-to-cel/
//
// The API server calls Istio's webhook before Kyverno's. So the policy enrolls pod templates too: the pods of an enrolled workload come to
// Istio's webhook enrolled. Kyverno itself would derive such rules from a policy that is only for pods (autogen), but rewrites neither
// optional fields, nor variables, nor JSON patches.
func kyverno() form {
	return form{
		header: `Kyverno enrolls pods in the mesh. Written by enmesh --export kyverno. It requires Kyverno 1.17.

It enrolls the pod templates of Deployments, StatefulSets, DaemonSets, Jobs and CronJobs, whoever creates them, and other pods. A workload
that exists already, other than a Job, is enrolled with its next update, such as kubectl rollout restart.

Other pods, such as those that an operator creates itself, require two settings. Istio's webhook is called before Kyverno's, because
API servers call webhooks by the names of their configurations; and it is only called again if it was called at first:
- The namespace of the pod has the label istio-injection=enabled, or istio.io/rev.
- istiod is installed with sidecarInjectorWebhook.reinvocationPolicy=IfNeeded. The default is Never.
Without the first, such a pod gets its labels and no sidecar; without the second, a sidecar without SPIRE's template. With both, a gateway
among these pods must have the annotation inject.istio.io/templates: Istio has given it a proxy already, as it does a sidecar. The form
mutating-admission-policy requires none of this: it runs before all webhooks.

Kyverno leaves out its own namespace, kube-system, and the resourceFilters of its configuration. While it does not answer, the API server
refuses the workloads and pods of all other namespaces: failurePolicy is Fail.

The policy sees pod templates and pods:
` + unseenOfWorkloads + unseenProxyConfig,
		expresses: append(slices.Clone(admissionExpresses), "clusterSPIFFEID"),
		cannot: admissionCannot(map[string]func(*config.MeshEnrollmentSpec) []problem{
			"mode": when("mode", "the policy enrolls pods; to refuse pods that are not enrolled, use validating-admission-policy",
				func(s *config.MeshEnrollmentSpec) bool { return s.Mode != config.Enroll }),
		}),
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			// Unlike Kubernetes, Kyverno gives match conditions the variables.
			conditions := append(templated.mutableConditions(s), condition{"injected", "variables.injected"})
			all := []*yaml.Node{resource("policies.kyverno.io/v1", "MutatingPolicy",
				policy(podsAndTemplates, conditions, templated.kyvernoVariables(s), mutations(templatedMetadata, templated.volumePatch(s))))}
			if s.ClusterSPIFFEID != nil {
				all = append(all, enroll.NewClusterSPIFFEID(s))
			}
			return render(all...), nil
		},
	}
}

// podsAndTemplates is what a policy is asked about to enroll pod templates. Updates would lose what it added if they replace the template.
// The template of a Job is immutable. Kyverno leaves out ReplicaSets, because Deployments own them.
var podsAndTemplates = []rule{
	{"", []string{"CREATE"}, []string{"pods"}},
	{"apps", []string{"CREATE", "UPDATE"}, []string{"daemonsets", "deployments", "statefulsets"}},
	{"batch", []string{"CREATE"}, []string{"jobs"}},
	{"batch", []string{"CREATE", "UPDATE"}, []string{"cronjobs"}},
}

// templated is the pod, or the pod template, in the object that a policy is asked about.
var templated = pod{metadata: "variables.metadata", spec: "variables.template.spec", pointer: "variables.pointer",
	makers: `(object.kind == "Pod" ? object.metadata.?ownerReferences.orValue([]) : [object])`}

// kyvernoVariables are the variables of templated.
func (p pod) kyvernoVariables(s *config.MeshEnrollmentSpec) []condition {
	byKind := func(pod, cronJob, other string) string {
		return `object.kind == "Pod" ? ` + pod + " :\n" + `  object.kind == "CronJob" ? ` + cronJob + " : " + other
	}
	return slices.Concat([]condition{
		{"template", byKind("object", "object.spec.jobTemplate.spec.template", "object.spec.template")},
		{"metadata", "variables.template.?metadata.orValue({})"},
		{"pointer", byKind(quote(""), quote("/spec/jobTemplate/spec/template"), quote("/spec/template"))},
	}, p.variables(s), []condition{
		{"labels", p.labels(s)},
		{"annotations", p.annotations(s)},
	})
}

// templatedMetadata is the object to merge.
const templatedMetadata = `object.kind == "Pod" ?
  Object{metadata: Object.metadata{labels: variables.labels, annotations: variables.annotations}} :
  object.kind == "CronJob" ?
  Object{spec: Object.spec{jobTemplate: Object.spec.jobTemplate{spec: Object.spec.jobTemplate.spec{
    template: Object.spec.jobTemplate.spec.template{metadata: Object.spec.jobTemplate.spec.template.metadata{
      labels: variables.labels, annotations: variables.annotations}}}}}} :
  Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{
    labels: variables.labels, annotations: variables.annotations}}}}`
