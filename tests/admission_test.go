package tests

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	goyaml "go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// The law of the admission policies: a bare pod that a real API server admits by the exported policy is the pod that enmesh enrolls, and the
// exported check refuses exactly the pods that enmesh would change. This holds for the pods of all cases, and of all charts at hand.
//
// A policy does not see a pod's workload, as its header says. So the workloads are enrolled without labels and annotations of their own, and
// the test counts for how many pods these decide.
func TestAdmission(t *testing.T) {
	c := newCluster(t, "--allow-privileged", "--feature-gates=MutatingAdmissionPolicy=true", "--runtime-config=admissionregistration.k8s.io/v1beta1=true")
	law := &admissionLaw{cluster: c, policies: map[string]string{}, namespaces: map[string]bool{"default": true, "kube-system": true, "kube-public": true, "kube-node-lease": true}}
	law.addCases(t)
	law.addCorpus(t)
	law.addByHand(t)
	law.await(t)
	t.Logf("%d policies; %d inputs whose configuration they cannot express; %d inputs with namespaces of their own", len(law.policies), law.inexpressible, law.skipped)
	for _, pod := range law.pods {
		law.require(t, pod)
	}
	t.Logf("%d pods hold; the API server refuses %d bare ones; labels and annotations of the workload decide about %d", law.held, law.invalid, law.byWorkload)
	require.Greater(t, law.held, 300)
}

// admissionLaw holds pods, and the policies that they are admitted by.
type admissionLaw struct {
	*cluster
	policies   map[string]string // the exported texts, to the label of their pods
	namespaces map[string]bool
	pods       []admittedPod

	inexpressible, skipped, held, invalid, byWorkload int
}

// admittedPod is a pod before and after enrollment.
type admittedPod struct {
	name, policy, namespace string
	bare, enrolled          map[string]any // a pod template
	outcome                 outcome.Reason
	job                     bool
}

func (l *admissionLaw) addCases(t *testing.T) {
	cases, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		e := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}
		input := ""
		for _, part := range archive.Files {
			switch part.Name {
			case "config.yaml":
				e, err = config.Decode([]byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n" + string(part.Data)))
				require.NoError(t, err)
			case "in.yaml":
				input = strings.ReplaceAll(string(part.Data), "→", "\t")
			case "cluster.yaml":
				input += "---\n" + string(part.Data)
			}
		}
		l.add(t, filepath.Base(file), e.Spec, input)
	}
}

func (l *admissionLaw) addCorpus(t *testing.T) {
	charts, err := filepath.Glob(filepath.Join(root, "../shared/corpus/*.yaml"))
	require.NoError(t, err)
	for _, chart := range charts {
		l.add(t, filepath.Base(chart), config.MeshEnrollmentSpec{All: true}, read(t, chart))
		l.add(t, filepath.Base(chart), config.MeshEnrollmentSpec{All: true, Revision: "stable", IdentityLabel: config.NewIdentityLabel("spiffe.io/spire-managed-identity"),
			WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket, File: "spire-agent.sock"}}, read(t, chart))
		l.add(t, filepath.Base(chart), config.MeshEnrollmentSpec{
			Targets:   []config.Selector{{Namespace: "de.*", LabelSelector: "app.kubernetes.io/component notin (server,controller)"}, {LabelSelector: "app.kubernetes.io/instance,app.kubernetes.io/name!=redis"}},
			Exclude:   []config.Selector{{LabelSelector: "!app.kubernetes.io/name,app"}, {AnnotationSelector: "prometheus.io/scrape in (true)"}},
			Gateways:  []config.Selector{{LabelSelector: "app.kubernetes.io/component=proxy"}, {Namespace: "istio-(system|ingress)"}},
			Templates: config.Templates{Sidecar: []string{"sidecar", "custom", "spire"}, Gateway: []string{"gateway"}}}, read(t, chart))
		l.add(t, filepath.Base(chart), config.MeshEnrollmentSpec{}, read(t, chart))
	}
}

// add adds the pods of an input. What adds objects beside the pods is left out.
func (l *admissionLaw) add(t *testing.T, name string, spec config.MeshEnrollmentSpec, input string) {
	t.Helper()
	spec.Mode, spec.Hooks, spec.PeerAuthentication, spec.ClusterSPIFFEID, spec.Cluster, spec.Strict = config.Enroll, config.EnrollHooks, "", nil, nil, false
	if spec.Namespace == "" {
		spec.Namespace = "default"
	}
	if strings.Contains(input, "kind: Namespace") {
		l.skipped++
		return
	}
	text, err := export.Export("mutating-admission-policy", config.MeshEnrollment{Spec: spec})
	if err != nil {
		var problems *config.Error
		require.ErrorAs(t, err, &problems)
		l.inexpressible++
		return
	}
	before := objects(input)
	for _, object := range before {
		if path := templatePath(object); path != nil {
			complete(dig(object, append(path, "spec")...))
		}
	}
	whole, _, err := enrolledObjects(spec, before)
	if err != nil {
		return // enmesh refuses the input
	}
	for _, object := range before {
		if metadata := dig(object, "metadata"); templatePath(object) != nil && object["kind"] != "Pod" {
			object["metadata"] = map[string]any{"name": metadata["name"], "namespace": metadata["namespace"]}
		}
	}
	after, decided, err := enrolledObjects(spec, before)
	require.NoError(t, err)
	for i, object := range before {
		path := templatePath(object)
		template := dig(object, path...)
		if path == nil || dig(template, "spec") == nil || len(decided[i]) != 1 {
			continue
		}
		if _, isUnrendered := dig(object, "metadata")["name"].(string); !isUnrendered {
			continue
		}
		if fmt.Sprint(dig(whole[i], path...)) != fmt.Sprint(dig(after[i], path...)) {
			l.byWorkload++
		}
		kind := object["kind"].(string)
		namespace, _ := dig(object, "metadata")["namespace"].(string)
		if namespace == "" {
			namespace = spec.Namespace
		}
		l.pods = append(l.pods, admittedPod{name: name + ": " + kind + " " + dig(object, "metadata")["name"].(string), policy: l.policy(t, text, spec),
			namespace: namespace, bare: template, enrolled: dig(after[i], path...), outcome: decided[i][0], job: kind == "Job" || kind == "CronJob"})
	}
}

// complete adds to the spec of a pod what the API server requires, and the volumes that a StatefulSet would add.
func complete(spec map[string]any) {
	if spec == nil {
		return
	}
	if containers, _ := spec["containers"].([]any); len(containers) == 0 {
		spec["containers"] = []any{map[string]any{"name": "main", "image": "main:v1"}}
	}
	volumes, _ := spec["volumes"].([]any)
	named := func(name any) func(any) bool {
		return func(volume any) bool { v, _ := volume.(map[string]any); return v["name"] == name }
	}
	for _, list := range []string{"containers", "initContainers"} {
		all, _ := spec[list].([]any)
		for _, item := range all {
			container, _ := item.(map[string]any)
			if _, ok := container["image"]; !ok && container != nil {
				container["image"] = "main:v1"
			}
			mounts, _ := container["volumeMounts"].([]any)
			for _, item := range mounts {
				mount, _ := item.(map[string]any)
				if !slices.ContainsFunc(volumes, named(mount["name"])) {
					volumes = append(volumes, map[string]any{"name": mount["name"], "emptyDir": map[string]any{}})
				}
			}
		}
	}
	if len(volumes) > 0 {
		spec["volumes"] = volumes
	}
}

// objects decodes the objects of a stream.
func objects(input string) (all []map[string]any) {
	for document := range stream.Split([]byte(input)) {
		var object map[string]any
		if yaml.Unmarshal([]byte(input)[document.Start:document.End], &object) != nil || object == nil {
			continue
		}
		items, isList := object["items"].([]any)
		if !isList {
			all = append(all, object)
		}
		for _, item := range items {
			if object, ok := item.(map[string]any); ok {
				all = append(all, object)
			}
		}
	}
	return all
}

// enrolledObjects enrolls objects, and returns them with the outcomes of the pods of each.
func enrolledObjects(spec config.MeshEnrollmentSpec, before []map[string]any) (after []map[string]any, outcomes [][]outcome.Reason, err error) {
	transformer, err := fn.New(config.MeshEnrollment{Spec: spec})
	if err != nil {
		return nil, nil, err
	}
	for _, object := range before { // one by one, so that each has its own
		text, err := goyaml.Marshal(object)
		if err != nil {
			return nil, nil, err
		}
		out, err := transformer.Transform(stream.Stream{Name: "in", Bytes: text})
		if err != nil {
			return nil, nil, err
		}
		var b bytes.Buffer
		for _, edits := range out.Edits {
			if _, err := edits.WriteTo(&b); err != nil {
				return nil, nil, err
			}
		}
		var enrolled map[string]any
		if err := yaml.Unmarshal(b.Bytes(), &enrolled); err != nil {
			return nil, nil, err
		}
		var reasons []outcome.Reason
		for _, pod := range out.Pods {
			reasons = append(reasons, pod.Outcome)
		}
		after, outcomes = append(after, enrolled), append(outcomes, reasons)
	}
	return after, outcomes, nil
}

// templatePath is where an object that Kubernetes itself makes pods of has its pod template, or nil. A Pod is its own.
func templatePath(object map[string]any) []string {
	switch object["kind"] {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
		return []string{"spec", "template"}
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	case "Pod":
		return []string{}
	}
	return nil
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
		l.create(t, "/api/v1/namespaces", map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": p.namespace}})
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
	want, message, ok := l.post(t, p, p.enrolled, "none", "none")
	bare, _, bareOK := l.post(t, p, p.bare, "none", "none")
	if !ok || !bareOK {
		l.invalid++
		return
	}
	if ownConfig, _ := dig(p.bare, "metadata", "annotations")["proxy.istio.io/config"].(string); strings.TrimSpace(ownConfig) != "" {
		dig(want, "metadata", "annotations")["proxy.istio.io/config"] = ownConfig // as the header says
	}
	got, message, ok := l.post(t, p, p.bare, "mutate", p.policy)
	require.True(t, ok, "%s: %s", p.name, message)
	require.Equal(t, want, got, p.name)

	ignored := slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}, p.namespace)
	changes := !ignored && (p.outcome == outcome.Enrolled || p.outcome.StaysOutside())
	_, message, ok = l.post(t, p, p.bare, "validate", p.policy)
	if p.outcome != outcome.Enrolled || fmt.Sprint(bare) != fmt.Sprint(want) { // the API server may write what enmesh writes
		require.Equal(t, changes, !ok, "%s: %s: %s", p.name, p.outcome, message)
	}
	if !ok {
		require.Contains(t, message, "enmesh: ", p.name)
	}
	if p.outcome.IsEnrolled() {
		_, message, ok = l.post(t, p, p.enrolled, "validate", p.policy)
		require.True(t, ok, "%s: %s", p.name, message)
	}
	l.held++
}

// addByHand adds namespaces that disable injection, and the pods that show each row of the decision.
func (l *admissionLaw) addByHand(t *testing.T) {
	text, err := export.Export("mutating-admission-policy", config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks}})
	require.NoError(t, err)
	policy := l.policy(t, text, config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks})
	pod := map[string]any{"metadata": map[string]any{"labels": map[string]any{"app": "web"}},
		"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "web:v1"}}}}
	for name, labels := range map[string]string{"off": "istio-injection: disabled", "rev-empty": "istio.io/rev: ''", "off-by-rev": "{istio.io/rev: '', istio-injection: no-way}"} {
		l.namespaces[name] = true
		var set map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(labels), &set))
		l.create(t, "/api/v1/namespaces", map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": set}})
		l.pods = append(l.pods, admittedPod{name: name, policy: policy, namespace: name, bare: pod, enrolled: pod, outcome: outcome.NamespaceInjectionDisabled})
	}
}
