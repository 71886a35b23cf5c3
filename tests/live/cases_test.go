package live

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/tests/live/plane"
)

const casesNamespace = "cases"

// testCases compares what enmesh says of the pods of all cases, and of the rendered charts where they are at hand, with what the API
// server and istiod do with each. The pods are created as a dry run. Left out are the cases that bring facts of their own (istiod's
// settings, namespaces, ClusterSPIFFEIDs) or ask for other templates, for the plane has others, and pods that the API server does not take even outside of the mesh.
func testCases(t *testing.T, p *plane.Plane) {
	p.CreateNamespace(t, casesNamespace, nil)
	c := &comparison{p: p, facts: streamOf(t, facts(t, p))}
	cases, err := filepath.Glob("../../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		parts := map[string]string{"config.yaml": "spec: {all: true}\n"}
		for _, part := range archive.Files {
			parts[part.Name] = string(part.Data)
		}
		if _, fails := parts["error"]; !fails {
			c.compare(t, strings.TrimSuffix(filepath.Base(file), ".txtar"), parts["config.yaml"], strings.ReplaceAll(parts["in.yaml"], "→", "\t"))
		}
	}
	t.Logf("cases: %s", c.count())
	charts, err := filepath.Glob("../../../shared/corpus/*.yaml")
	require.NoError(t, err)
	if len(charts) == 0 {
		t.Log("no rendered charts beside the repository")
	}
	c = &comparison{p: p, facts: c.facts}
	for _, file := range charts {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		c.compare(t, filepath.Base(file), "spec: {all: true, hooks: Enroll}\n", string(text))
	}
	t.Logf("rendered charts: %s", c.count())
}

// comparison counts what was compared.
type comparison struct {
	p                          *plane.Plane
	facts                      string
	compared, invalid, foreign int
}

func (c *comparison) count() string {
	return fmt.Sprintf("%d pods compared, %d are not valid by themselves, %d inputs bring facts of their own", c.compared, c.invalid, c.foreign)
}

// compare enrolls the pods of an input, creates each that comes out as a dry run, and fails where enmesh said otherwise.
func (c *comparison) compare(t *testing.T, name, configText, input string) {
	t.Helper()
	for _, kind := range []string{"ConfigMap\nmetadata: {name: istio", "name: istio-sidecar-injector", "kind: Namespace", "kind: ClusterSPIFFEID", "kind: MutatingWebhookConfiguration", "ControllerManagerConfig", "sailoperator.io", "install.istio.io"} {
		if strings.Contains(input, kind) {
			c.foreign++
			return
		}
	}
	e, err := config.Decode([]byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n" + configText))
	require.NoError(t, err, name)
	if e.Spec.Mode == config.Unenroll {
		return
	}
	if e.Default(); !c.hasTemplates(e.Spec.Templates) {
		c.foreign++
		return
	}
	transformer, err := fn.New(e)
	require.NoError(t, err, name)
	out, err := transformer.Transform(stream.Stream{Name: name, Bytes: []byte(input)}, stream.Stream{Name: "cluster", Bytes: []byte(c.facts)})
	require.NoError(t, err, name)
	var text bytes.Buffer
	_, err = out.Edits[0].WriteTo(&text)
	require.NoError(t, err)
	objects := podsIn(text.Bytes())
	for _, said := range out.Pods {
		o, ok := objects[said.Resource.String()]
		if !ok || o == nil || said.Place.Stream != name || said.Verdict == "" || isAdmitted(said) {
			continue
		}
		c.pod(t, name, said, o)
	}
}

// hasTemplates says whether the plane's istiod has the templates of a configuration: enmesh gave it those with the names that are the default.
func (c *comparison) hasTemplates(templates config.Templates) bool {
	var usual config.MeshEnrollment
	usual.Default()
	return !slices.ContainsFunc(slices.Concat(templates.Sidecar, templates.Gateway), func(name string) bool {
		return !slices.Contains(slices.Concat(usual.Spec.Templates.Sidecar, usual.Spec.Templates.Gateway), name)
	})
}

// isAdmitted says whether enmesh says of a pod that it is refused, but not by the API server.
func isAdmitted(said outcome.Pod) bool {
	explained, _ := verdict.Explain(said.VerdictReason)
	return explained.Admitted
}

// pod creates one pod as a dry run.
func (c *comparison) pod(t *testing.T, name string, said outcome.Pod, pod map[string]any) {
	t.Helper()
	namespace := casesNamespace
	if said.VerdictReason == outcome.IgnoredNamespace {
		namespace = said.Resource.Namespace
	}
	path := "/api/v1/namespaces/" + namespace + "/pods?dryRun=All"
	outside := map[string]any{"apiVersion": "v1", "kind": "Pod", "spec": pod["spec"],
		"metadata": map[string]any{"generateName": "case-", "labels": map[string]any{"sidecar.istio.io/inject": "false"}}}
	if err := c.p.Client.Post(path, outside, nil); err != nil {
		c.invalid++
		return
	}
	c.compared++
	var created corev1.Pod
	err := c.p.Client.Post(path, pod, &created)
	f := fate{}
	var refused *plane.Refused
	switch {
	case errors.As(err, &refused):
		f.refused = refused.Message
	case err != nil:
		require.NoError(t, err)
	}
	f.injected = hasProxy(&created)
	for _, v := range created.Spec.Volumes {
		if v.Name == "workload-socket" {
			f.socket = sourceOf(v.VolumeSource)
		}
	}
	if !agrees(said, f) {
		t.Errorf("%s: %s: enmesh says %s %s, the control plane: %s", name, said.Resource, said.Verdict, said.VerdictReason, f)
	}
}

// agrees says whether what enmesh says of a pod is what the API server and the injector did with it. What its proxy gets, a dry run does
// not show.
func agrees(said outcome.Pod, f fate) bool {
	spire := f.refused == "" && f.injected && (f.socket == "csi" || f.socket == "hostPath")
	switch said.Verdict {
	case outcome.Refused:
		return f.refused != ""
	case outcome.Bare:
		return f.refused == "" && !f.injected
	case outcome.IstiodCA: // by the volume, by ztunnel, or by what the proxy prefers to the socket
		return f.refused == "" && (!spire || slices.Contains([]outcome.Reason{"SocketMountOverridden", "SocketNotMounted"}, said.VerdictReason))
	}
	return spire
}

// podsIn makes a pod of each pod template in a stream, as its controller does, by the name of the object. What cannot be read is left
// out.
func podsIn(text []byte) map[string]map[string]any {
	pods := map[string]map[string]any{}
	var add func(o map[string]any)
	add = func(o map[string]any) {
		if items, ok := o["items"].([]any); ok {
			for _, item := range items {
				if o, ok := item.(map[string]any); ok {
					add(o)
				}
			}
			return
		}
		metadata, _ := o["metadata"].(map[string]any)
		template := o
		for _, key := range map[string][]string{"Pod": {}, "PodTemplate": {"template"}, "CronJob": {"spec", "jobTemplate", "spec", "template"}}[fmt.Sprint(o["kind"])] {
			template, _ = template[key].(map[string]any)
		}
		if kind := o["kind"]; kind != "Pod" && kind != "PodTemplate" && kind != "CronJob" {
			spec, _ := o["spec"].(map[string]any)
			template, _ = spec["template"].(map[string]any)
		}
		spec, _ := template["spec"].(map[string]any)
		if metadata["name"] == nil || spec["containers"] == nil {
			return
		}
		ref := fmt.Sprint(o["kind"], " ", metadata["name"])
		if namespace := metadata["namespace"]; namespace != nil {
			ref = fmt.Sprint(o["kind"], " ", namespace, "/", metadata["name"])
		}
		own, _ := template["metadata"].(map[string]any)
		spec = maps.Clone(spec)
		spec["serviceAccountName"] = "default" // the accounts of cases do not exist
		delete(spec, "serviceAccount")
		delete(spec, "priorityClassName")
		if _, twice := pods[ref]; twice {
			pods[ref] = nil // which of them enmesh means, its name does not say
			return
		}
		pods[ref] = map[string]any{"apiVersion": "v1", "kind": "Pod", "spec": spec,
			"metadata": map[string]any{"generateName": "case-", "labels": own["labels"], "annotations": own["annotations"]}}
	}
	for span := range stream.Split(text) {
		var o map[string]any
		if yaml.Unmarshal(bytes.TrimPrefix(text[span.Start:span.End], []byte("\uFEFF")), &o) == nil && o != nil {
			add(o)
		}
	}
	return pods
}
