package tests

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The law of Kyverno's policy: a bare pod that Kyverno admits by the exported policy is the pod that enmesh enrolls, and so is the pod
// template of a bare workload. This holds for the pods of TestAdmission. A run of Kyverno's CLI applies a policy to all of its pods.
func TestKyverno(t *testing.T) {
	if !isFile(filepath.Join(root, "bin/kyverno")) {
		t.Skip("bin/kyverno is missing: make kyverno")
	}
	law := newAdmittedPods(t, "kyverno")
	byPolicy := map[string][]admittedPod{}
	seen := map[string]bool{}
	for _, pod := range law.pods {
		if key := fmt.Sprint(pod.policy, pod.object, pod.namespace); !seen[key] {
			seen[key] = true
			byPolicy[pod.policy] = append(byPolicy[pod.policy], pod)
		}
	}
	// A run takes its time for each resource. So every second template is also tried as a pod.
	asPod := func(i int, pod admittedPod) bool { return i%2 == 0 || !pod.hasTemplate() }
	var held, templates, changed, invalids int
	for _, text := range slices.Sorted(maps.Keys(byPolicy)) {
		var resources []map[string]any
		for i, pod := range byPolicy[text] {
			if asPod(i, pod) {
				resources = append(resources, pod.asPod(fmt.Sprintf("pod-%d", i)))
			}
			if pod.hasTemplate() {
				resources = append(resources, pod.named(pod.object, fmt.Sprintf("workload-%d", i)))
			}
		}
		admitted, refused := applyKyverno(t, text, resources)
		// What Kyverno cannot even add a label to, the API server refuses.
		resources = slices.DeleteFunc(resources, func(resource map[string]any) bool { return !refused[nameOf(resource)] })
		_, invalid := applyKyverno(t, addsLabel, resources)
		require.Equal(t, invalid, refused)
		invalids += len(invalid)
		for i, pod := range byPolicy[text] {
			want := normal(pod.wanted())
			if name := fmt.Sprintf("pod-%d", i); asPod(i, pod) && !refused[name] {
				require.Contains(t, admitted, name, pod.name)
				require.Equal(t, want, normal(podTemplate(admitted[name])), pod.name)
				held++
			}
			if name := fmt.Sprintf("workload-%d", i); pod.hasTemplate() && !refused[name] {
				require.Contains(t, admitted, name, pod.name)
				require.Equal(t, want, normal(podTemplate(dig(admitted[name], templatePath(pod.object)...))), pod.name)
				templates++
				if want != normal(podTemplate(pod.bare)) {
					changed++
				}
			}
		}
	}
	t.Logf("%d pods hold, and %d pod templates, by %d policies; it changes %d of these; %d are invalid; %d inputs whose configuration it cannot express; %d inputs with namespaces of their own",
		held, templates, len(byPolicy), changed, invalids, law.inexpressible, law.skipped)
	require.Greater(t, held, 100)
	require.Greater(t, changed, 100)
}

// addsLabel is a policy that does nothing else.
const addsLabel = `apiVersion: policies.kyverno.io/v1
kind: MutatingPolicy
metadata:
  name: label
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: ["", apps, batch], apiVersions: [v1], operations: [CREATE], resources: ["*"]}
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: 'Object{metadata: Object.metadata{labels: {"any": "label"}}}'
`

// hasTemplate says whether the policy is asked about the pod's workload.
func (p admittedPod) hasTemplate() bool {
	kinds := map[string]string{"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1"}
	kind, _ := p.object["kind"].(string)
	return kinds[kind] != "" && kinds[kind] == p.object["apiVersion"]
}

// asPod returns the pod that a template makes.
func (p admittedPod) asPod(name string) map[string]any {
	pod := p.named(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": p.bare["metadata"], "spec": p.bare["spec"]}, name)
	if p.job {
		dig(pod, "metadata")["ownerReferences"] = []any{map[string]any{"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": "1"}}
	}
	return pod
}

// named returns a copy of an object with a name and the namespace.
func (p admittedPod) named(object map[string]any, name string) map[string]any {
	object = maps.Clone(object)
	metadata := maps.Clone(dig(object, "metadata"))
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["name"], metadata["namespace"] = name, p.namespace
	object["metadata"] = metadata
	return withoutNulls(object).(map[string]any)
}

// withoutNulls returns a value as the API server hands it to webhooks.
func withoutNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, field := range value {
			if field != nil {
				all[key] = withoutNulls(field)
			}
		}
		return all
	case []any:
		all := []any{}
		for _, item := range value {
			all = append(all, withoutNulls(item))
		}
		return all
	}
	return value
}

// wanted is the pod that enmesh makes, as far as a policy sees its settings.
func (p admittedPod) wanted() map[string]any {
	enrolled := podTemplate(p.enrolled) // a copy
	p.keepProxyConfig(enrolled)
	return enrolled
}

// podTemplate returns the labels and annotations of a pod, and its spec.
func podTemplate(pod map[string]any) map[string]any {
	template := map[string]any{"metadata": map[string]any{"labels": dig(pod, "metadata", "labels"), "annotations": dig(pod, "metadata", "annotations")}, "spec": pod["spec"]}
	return withoutNulls(template).(map[string]any)
}

func nameOf(object map[string]any) string { return dig(object, "metadata")["name"].(string) }

var kyvernoError = regexp.MustCompile(`error while applying mutate policy \S+ -> resource \S+/(\S+)`)

// applyKyverno runs Kyverno's CLI, and returns what it makes of each resource, by name, and where it fails.
func applyKyverno(t *testing.T, policy string, resources []map[string]any) (admitted map[string]map[string]any, failed map[string]bool) {
	t.Helper()
	if len(resources) == 0 {
		return nil, map[string]bool{}
	}
	dir := t.TempDir()
	file := func(name string, objects ...map[string]any) string {
		var b strings.Builder
		for _, object := range objects {
			text, err := yaml.Marshal(object)
			require.NoError(t, err)
			b.WriteString("---\n" + string(text))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644))
		return filepath.Join(dir, name)
	}
	policyFile := filepath.Join(dir, "policy.yaml")
	require.NoError(t, os.WriteFile(policyFile, []byte(policy), 0o644))
	values := file("values.yaml", map[string]any{"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Values",
		"metadata": map[string]any{"name": "values"}, "namespaces": namespacesOf(resources)})
	out := filepath.Join(dir, "out.yaml")
	r := run(t, exec.Command(filepath.Join(root, "bin/kyverno"), "apply", policyFile, "--remove-color", "--continue-on-fail",
		"--resource", file("resources.yaml", resources...), "--values-file", values, "--output", out))
	failed = map[string]bool{}
	for _, found := range kyvernoError.FindAllStringSubmatch(r.stdout, -1) {
		failed[found[1]] = true
	}
	require.Equal(t, len(failed) == 0, r.status == 0, "%s\n%s", r.stdout, r.stderr)
	admitted = map[string]map[string]any{}
	for _, object := range objects(read(t, out)) {
		admitted[nameOf(object)] = object
	}
	return admitted, failed
}

// namespacesOf returns the namespaces of resources, as Kyverno's CLI takes them.
func namespacesOf(resources []map[string]any) (namespaces []any) {
	seen := map[string]bool{}
	for _, resource := range resources {
		name := dig(resource, "metadata")["namespace"].(string)
		if !seen[name] {
			labels := map[string]any{"kubernetes.io/metadata.name": name}
			maps.Copy(labels, disabledNamespaces[name])
			namespaces = append(namespaces, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels}})
		}
		seen[name] = true
	}
	return namespaces
}
