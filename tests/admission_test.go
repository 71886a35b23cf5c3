package tests

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/outcome"
)

// The law of the admission policies: a bare pod that a real API server admits by the exported policy is the pod that enmesh enrolls, and the
// exported check refuses exactly the pods that enmesh would change. This holds for the pods of all cases, and of all charts at hand.
//
// A policy does not see a pod's workload, as its header says. So the workloads are enrolled without labels and annotations of their own, and
// the test counts for how many pods these decide.
func TestAdmission(t *testing.T) {
	c := newCluster(t, "--allow-privileged", "--feature-gates=MutatingAdmissionPolicy=true", "--runtime-config=admissionregistration.k8s.io/v1beta1=true")
	law := &admissionLaw{cluster: c, admittedPods: newAdmittedPods(t, "mutating-admission-policy"), policies: map[string]string{},
		namespaces: map[string]bool{"default": true, "kube-system": true, "kube-public": true, "kube-node-lease": true}}
	for _, pod := range law.pods {
		law.policy(t, pod.policy, pod.spec)
	}
	law.await(t)
	t.Logf("%d policies; %d inputs whose configuration they cannot express; %d inputs with namespaces of their own", len(law.policies), law.inexpressible, law.skipped)
	for _, pod := range law.pods {
		law.require(t, pod)
	}
	t.Logf("%d pods hold; the API server refuses %d bare ones; labels and annotations of the workload decide about %d", law.held, law.invalid, law.byWorkload)
	require.Greater(t, law.held, 300)
	law.requireExample(t)
}

// requireExample holds that the example's policy enrolls what its configuration says.
func (l *admissionLaw) requireExample(t *testing.T) {
	for _, object := range objects(read(t, "../examples/admission/policy.yaml")) {
		switch object["kind"] {
		case "MutatingAdmissionPolicy":
			l.create(t, "/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies", object)
		case "MutatingAdmissionPolicyBinding":
			l.create(t, "/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicybindings", object)
		}
	}
	isEnrolled := func(tier string) bool {
		pod := map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "web:v1"}}}}
		admitted, message, ok := l.post(t, admittedPod{namespace: "shop"}, pod, "tier", tier)
		require.True(t, ok, message)
		return dig(admitted, "metadata", "annotations")["inject.istio.io/templates"] == "sidecar,spire"
	}
	require.Eventually(t, func() bool { return isEnrolled("web") }, time.Minute, 100*time.Millisecond)
	require.False(t, isEnrolled("batch"))
}

// admissionLaw holds pods, and the policies that they are admitted by.
type admissionLaw struct {
	*cluster
	*admittedPods
	policies   map[string]string // the exported texts, to the label of their pods
	namespaces map[string]bool

	held, invalid int
}

// policy creates both policies of a configuration, once, for the pods with a label, and returns its value.
func (l *admissionLaw) policy(t *testing.T, text string, spec config.MeshEnrollmentSpec) string {
	t.Helper()
	if id, ok := l.policies[text]; ok {
		return id
	}
	id := fmt.Sprint("law-", len(l.policies))
	l.policies[text] = id
	check, err := export.Export("validating-admission-policy", config.MeshEnrollment{Spec: spec})
	require.NoError(t, err)
	for label, text := range map[string]string{"mutate": text, "validate": check} {
		for _, object := range objects(text) {
			object["metadata"] = map[string]any{"name": id}
			spec := dig(object, "spec")
			if _, isBinding := spec["policyName"]; isBinding {
				spec["policyName"] = id
				spec["matchResources"] = map[string]any{"objectSelector": map[string]any{"matchLabels": map[string]any{label: id}}}
			}
			l.create(t, "/apis/"+object["apiVersion"].(string)+"/"+strings.Replace(strings.ToLower(object["kind"].(string))+"s", "policys", "policies", 1), object)
		}
	}
	return id
}

func (l *admissionLaw) create(t *testing.T, path string, object map[string]any) {
	t.Helper()
	body, err := yaml.Marshal(object)
	require.NoError(t, err)
	status, answer, err := l.request(http.MethodPost, path, body)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status, "%s\n%s", answer["message"], body)
}

// await waits until the last policies, and so all, are in force.
func (l *admissionLaw) await(t *testing.T) {
	t.Helper()
	spec := config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks, Revision: "last"}
	text, err := export.Export("mutating-admission-policy", config.MeshEnrollment{Spec: spec})
	require.NoError(t, err)
	last := l.policy(t, text, spec)
	pod := map[string]any{"metadata": map[string]any{"labels": map[string]any{"app": "web"}},
		"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "web:v1"}}}}
	require.Eventually(t, func() bool {
		mutated, _, _ := l.post(t, admittedPod{namespace: "default", bare: pod}, pod, "mutate", last)
		_, message, _ := l.post(t, admittedPod{namespace: "default", bare: pod}, pod, "validate", last)
		return dig(mutated, "metadata", "labels")["sidecar.istio.io/inject"] == "true" && strings.Contains(message, "enmesh: ")
	}, time.Minute, 100*time.Millisecond, "the policies do not come into force")
}

// post creates a pod from a template as a dry run, with a label. It returns the pod, or the message of the refusal.
func (l *admissionLaw) post(t *testing.T, p admittedPod, template map[string]any, key, value string) (map[string]any, string, bool) {
	t.Helper()
	if !l.namespaces[p.namespace] {
		l.create(t, "/api/v1/namespaces", map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": p.namespace, "labels": disabledNamespaces[p.namespace]}})
		l.namespaces[p.namespace] = true
	}
	metadata := maps.Clone(dig(template, "metadata"))
	if metadata == nil {
		metadata = map[string]any{}
	}
	delete(metadata, "name")
	labels := maps.Clone(dig(metadata, "labels"))
	if labels == nil {
		labels = map[string]any{}
	}
	labels[key] = value
	metadata["labels"], metadata["generateName"], metadata["namespace"] = labels, "law-", p.namespace
	if p.job {
		metadata["ownerReferences"] = []any{map[string]any{"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": "7b1ff2f8-3f2d-4c0e-9c3e-0d1f0c2a8c11", "controller": true}}
	}
	body, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})
	require.NoError(t, err)
	status, pod, err := l.request(http.MethodPost, "/api/v1/namespaces/"+p.namespace+"/pods?dryRun=All", body)
	require.NoError(t, err)
	if status != http.StatusCreated {
		message, _ := pod["message"].(string)
		return nil, message, false
	}
	admitted := dig(pod, "metadata")
	delete(dig(admitted, "labels"), key)
	annotations := dig(admitted, "annotations")
	if len(annotations) == 0 {
		annotations = nil
	}
	return map[string]any{"metadata": map[string]any{"labels": dig(admitted, "labels"), "annotations": annotations}, "spec": pod["spec"]}, "", true
}

// require holds the law for a pod.
func (l *admissionLaw) require(t *testing.T, p admittedPod) {
	t.Helper()
	want, _, ok := l.post(t, p, p.enrolled, "none", "none")
	bare, _, bareOK := l.post(t, p, p.bare, "none", "none")
	if !ok || !bareOK {
		l.invalid++
		return
	}
	p.keepProxyConfig(want)
	got, message, ok := l.post(t, p, p.bare, "mutate", l.policies[p.policy])
	require.True(t, ok, "%s: %s", p.name, message)
	require.Equal(t, want, got, p.name)

	ignored := slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}, p.namespace)
	changes := !ignored && (p.outcome == outcome.Enrolled || p.outcome.StaysOutside())
	_, message, ok = l.post(t, p, p.bare, "validate", l.policies[p.policy])
	if p.outcome != outcome.Enrolled || fmt.Sprint(bare) != fmt.Sprint(want) { // the API server may write what enmesh writes
		require.Equal(t, changes, !ok, "%s: %s: %s", p.name, p.outcome, message)
	}
	if !ok {
		require.Contains(t, message, "enmesh: ", p.name)
	}
	if p.outcome.IsEnrolled() {
		_, message, ok = l.post(t, p, p.enrolled, "validate", l.policies[p.policy])
		require.True(t, ok, "%s: %s", p.name, message)
	}
	l.held++
}
