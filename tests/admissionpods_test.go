package tests

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/outcome"
)

// The pods of TestAdmission and TestKyverno: those of all cases, of all charts at hand, and some by hand.

// admittedPods are pods that an exported policy enrolls, and what it cannot express.
type admittedPods struct {
	form string
	pods []admittedPod

	inexpressible, skipped, byWorkload int
}

// admittedPod is a pod before and after enrollment.
type admittedPod struct {
	name, policy, namespace string
	spec                    config.MeshEnrollmentSpec
	object                  map[string]any // the workload, or the pod itself, before
	bare, enrolled          map[string]any // a pod template
	outcome                 outcome.Reason
	job                     bool
}

// newAdmittedPods returns all of them, with the policies of a form.
func newAdmittedPods(t *testing.T, form string) *admittedPods {
	t.Helper()
	l := &admittedPods{form: form}
	l.addCases(t)
	l.addCorpus(t)
	l.addByHand(t)
	return l
}

func (l *admittedPods) addCases(t *testing.T) {
	cases, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		spec, input, cluster := readCase(t, file)
		if cluster != "" {
			input += "---\n" + cluster
		}
		l.add(t, filepath.Base(file), spec, input)
	}
}

// readCase reads a case of package fn: its configuration, or one that selects all pods, its input, and what is in its cluster.
func readCase(t *testing.T, file string) (spec config.MeshEnrollmentSpec, input, cluster string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	spec.All = true
	for _, part := range archive.Files {
		switch part.Name {
		case "config.yaml":
			e, err := config.Decode([]byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n" + string(part.Data)))
			require.NoError(t, err)
			spec = e.Spec
		case "in.yaml":
			input = strings.ReplaceAll(string(part.Data), "→", "\t")
		case "cluster.yaml":
			cluster = string(part.Data)
		}
	}
	return spec, input, cluster
}

func (l *admittedPods) addCorpus(t *testing.T) {
	for _, chart := range corpus(t) {
		for _, spec := range corpusSpecs {
			l.add(t, filepath.Base(chart), spec, read(t, chart))
		}
	}
}

// corpus returns the files of the rendered charts at hand, if any.
func corpus(t *testing.T) []string {
	t.Helper()
	charts, err := filepath.Glob(filepath.Join(root, "../shared/corpus/*.yaml"))
	require.NoError(t, err)
	return charts
}

// corpusSpecs are the configurations that the charts are enrolled by.
var corpusSpecs = []config.MeshEnrollmentSpec{
	{All: true},
	{All: true, Revision: "stable", IdentityLabel: config.NewIdentityLabel("spiffe.io/spire-managed-identity"),
		WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket, File: "spire-agent.sock"}},
	{
		Targets:   []config.Selector{{Namespace: "de.*", LabelSelector: "app.kubernetes.io/component notin (server,controller)"}, {LabelSelector: "app.kubernetes.io/instance,app.kubernetes.io/name!=redis"}},
		Exclude:   []config.Selector{{LabelSelector: "!app.kubernetes.io/name,app"}, {AnnotationSelector: "prometheus.io/scrape in (true)"}},
		Gateways:  []config.Selector{{LabelSelector: "app.kubernetes.io/component=proxy"}, {Namespace: "istio-(system|ingress)"}},
		Templates: config.Templates{Sidecar: []string{"sidecar", "custom", "spire"}, Gateway: []string{"gateway"}}},
	{},
}

// add adds the pods of an input. What adds objects beside the pods is left out.
func (l *admittedPods) add(t *testing.T, name string, spec config.MeshEnrollmentSpec, input string) {
	t.Helper()
	spec.Mode, spec.Hooks, spec.PeerAuthentication, spec.ClusterSPIFFEID, spec.Cluster, spec.Strict = config.Enroll, config.EnrollHooks, "", nil, nil, false
	if spec.Namespace == "" {
		spec.Namespace = "default"
	}
	if strings.Contains(input, "kind: Namespace") {
		l.skipped++
		return
	}
	text, err := export.Export(l.form, config.MeshEnrollment{Spec: spec})
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
		l.pods = append(l.pods, admittedPod{name: name + ": " + kind + " " + dig(object, "metadata")["name"].(string), policy: text, spec: spec,
			namespace: namespace, object: object, bare: template, enrolled: dig(after[i], path...), outcome: decided[i][0], job: kind == "Job" || kind == "CronJob"})
	}
}

// keepProxyConfig leaves the pod's own proxy.istio.io/config in what enmesh makes of it: a policy does not read it, as its header says.
func (p admittedPod) keepProxyConfig(enrolled map[string]any) {
	if own, _ := dig(p.bare, "metadata", "annotations")["proxy.istio.io/config"].(string); strings.TrimSpace(own) != "" {
		dig(enrolled, "metadata", "annotations")["proxy.istio.io/config"] = own
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

// disabledNamespaces are namespaces that disable injection, and their labels.
var disabledNamespaces = map[string]map[string]any{
	"off":        {"istio-injection": "disabled"},
	"rev-empty":  {"istio.io/rev": ""},
	"off-by-rev": {"istio.io/rev": "", "istio-injection": "no-way"},
}

// addByHand adds a pod in each of these, and a volume of the socket for each kind of workload.
func (l *admittedPods) addByHand(t *testing.T) {
	spec := config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks}
	text, err := export.Export(l.form, config.MeshEnrollment{Spec: spec})
	require.NoError(t, err)
	for name := range disabledNamespaces {
		pod := objects("{apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web:v1}]}}")[0]
		l.pods = append(l.pods, admittedPod{name: name, policy: text, spec: spec, namespace: name, object: pod, bare: pod, enrolled: pod,
			outcome: outcome.NamespaceInjectionDisabled})
	}
	for _, volumes := range []string{"", "volumes: [{name: data, emptyDir: {}}], ", "volumes: [{name: data, emptyDir: {}}, {name: workload-socket, emptyDir: {}}], "} {
		pod := "{spec: {" + volumes + "restartPolicy: Never, containers: [{name: web, image: web:v1}]}}"
		workloads := ""
		for _, kind := range []string{"DaemonSet", "Deployment", "StatefulSet"} {
			workloads += "---\n{apiVersion: apps/v1, kind: " + kind + ", metadata: {name: web}, spec: {template: " + strings.Replace(pod, "Never", "Always", 1) + "}}\n"
		}
		workloads += "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: web}, spec: {template: " + pod + "}}\n" +
			"---\n{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {jobTemplate: {spec: {template: " + pod + "}}}}\n"
		for _, provider := range []config.SocketProvider{config.PodSocket, config.TemplateSocket} {
			spec.WorkloadSocket.Provider = provider
			l.add(t, "by hand", spec, workloads)
		}
	}
}
