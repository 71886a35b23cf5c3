package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
)

const head = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"

// What is wrong with a configuration is said by the field's path, all of it at once: first what cannot be decoded, then
// the values that are wrong.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []string
	}{
		// Unknown fields, and what they may stand for.
		{"{al: true}", []string{"spec.al: unknown field"}},
		{"{target: []}", []string{"spec.target: unknown field (did you mean targets?)"}},
		{"{workloadSocket: {fil: x}}", []string{"spec.workloadSocket.fil: unknown field (did you mean file?)"}},
		{"{workloadSocket: {csi: {driver: x, readonly: true}}}", []string{"spec.workloadSocket.csi.readonly: unknown field (did you mean readOnly?)"}},
		{"{something: else}", []string{"spec.something: unknown field"}},
		{"{targets: [{name: x}, {nam: x}]}", []string{"spec.targets[1].nam: unknown field (did you mean name?)"}},
		{"{targets: [{namee: x}, {nbme: x}]}", []string{"spec.targets[0].namee: unknown field (did you mean name?)", "spec.targets[1].nbme: unknown field (did you mean name?)"}},
		{"{targets: [{nm: x}, {nmea: x}]}", []string{"spec.targets[0].nm: unknown field", "spec.targets[1].nmea: unknown field"}},
		{"{targets: [{ResId: {}}]}", []string{"spec.targets[0].ResId: unknown field"}},
		{"{podTemplates: [{kind: A, path: b, pth: c}]}", []string{"spec.podTemplates[0].pth: unknown field (did you mean path?)"}},
		{"{podTemplates: [{isClusterScoped: true}]}", []string{"spec.podTemplates[0].isClusterScoped: unknown field"}},
		// Values of the wrong type.
		{"{all: yes please}", []string{"spec.all: must be a boolean, got a string"}},
		{"{targets: {kind: Pod}}", []string{"spec.targets: must be a list, got a mapping"}},
		{"{targets: [Pod]}", []string{"spec.targets[0]: must be a mapping, got a string"}},
		{"{exclude: [{}, {namespace: [a]}]}", []string{"spec.exclude[1].namespace: must be a string, got a list"}},
		{"{templates: {sidecar: [sidecar, 1]}}", []string{"spec.templates.sidecar[1]: must be a string, got a number (quote it)"}},
		{"{identityLabel: {value: true}}", []string{"spec.identityLabel.value: must be a string, got a boolean (quote it)"}},
		{"{podTemplates: [{path: [a]}]}", []string{"spec.podTemplates[0].path: must be a string, got a list"}},
		{"3", []string{"spec: must be a mapping, got a number"}},
		// Keys that are defined twice.
		{"{all: true, all: false}", []string{"spec.all: defined twice, again on line 3"}},
		{"\n  targets:\n  - kind: Pod\n    name: a\n    kind: Job", []string{"spec.targets[0].kind: defined twice, again on line 7"}},
		// All at once.
		{"{al: 1, all: 2, all: 3, strict: x}", []string{"spec.all: defined twice, again on line 3", "spec.al: unknown field",
			"spec.all: must be a boolean, got a number", "spec.strict: must be a boolean, got a string"}},
		// Values.
		{"{mode: Enrol}", []string{`spec.mode: must be Enroll, Check or Unenroll, got "Enrol"`}},
		{"{preset: spire-charts}", []string{`spec.preset: must be istio-docs, seed, spire-chart or ztwim, got "spire-charts" (did you mean spire-chart?)`}},
		{"{preset: x}", []string{`spec.preset: must be istio-docs, seed, spire-chart or ztwim, got "x"`}},
		{"{hooks: skip}", []string{`spec.hooks: must be Skip or Enroll, got "skip"`}},
		{"{workloadSocket: {provider: pod}}", []string{`spec.workloadSocket.provider: must be Template or Pod, got "pod"`}},
		{"{peerAuthentication: strict}", []string{`spec.peerAuthentication: must be STRICT, got "strict"`}},
		{"{peerAuthenticationVersion: v2}", []string{`spec.peerAuthenticationVersion: must be v1 or v1beta1, got "v2"`}},
		{"{all: true, targets: [{kind: Pod}]}", []string{"spec.all: cannot be used together with spec.targets"}},
		{"{targets: [{name: '(', kind: 'a['}], gateways: [{}, {group: '*'}, {version: '\\', namespace: 'a\\Q'}]}", []string{
			"spec.targets[0].kind: must be a regular expression (missing closing ]), got \"a[\"",
			"spec.targets[0].name: must be a regular expression (missing closing )), got \"(\"",
			"spec.gateways[1].group: must be a regular expression (missing argument to repetition operator), got \"*\"",
			"spec.gateways[2].version: must be a regular expression (trailing backslash at end of expression), got \"\\\\\"",
			"spec.gateways[2].namespace: must be a regular expression (missing closing )), got \"a\\\\Q\""}},
		{"{trustDomain: " + strings.Repeat("a", 256) + "}", []string{"spec.trustDomain: must consist of at most 255 lower-case letters, digits, dots, " +
			"dashes and underscores, got \"" + strings.Repeat("a", 256) + "\""}},
		{"{templates: {sidecar: []}}", []string{"spec.templates.sidecar: must have at least one template"}},
		{"{templates: {gateway: [gateway, 'a,b', '', a b]}}", []string{`spec.templates.gateway[1]: must be a template name, got "a,b"`,
			`spec.templates.gateway[2]: must be a template name, got ""`, `spec.templates.gateway[3]: must be a template name, got "a b"`}},
		{"{workloadSocket: {file: a/b}}", []string{`spec.workloadSocket.file: must be a file name without a path, got "a/b"`}},
		{"{workloadSocket: {file: ..}}", []string{`spec.workloadSocket.file: must be a file name without a path, got ".."`}},
		{`{workloadSocket: {file: "a\nb"}}`, []string{`spec.workloadSocket.file: must be a file name without a path, got "a\nb"`}},
		{"{workloadAPI: {file: ., mountPath: a}}", []string{`spec.workloadAPI.file: must be a file name without a path, got "."`,
			`spec.workloadAPI.mountPath: must be an absolute path, got "a"`}},
		{"{workloadSocket: {csi: {}}}", []string{"spec.workloadSocket.csi.driver: must be set",
			"spec.workloadSocket.csi.readOnly: must be true: the SPIFFE CSI driver refuses any other mount"}},
		{"{workloadSocket: {csi: {driver: x, readOnly: false}}}", []string{
			"spec.workloadSocket.csi.readOnly: must be true: the SPIFFE CSI driver refuses any other mount"}},
		{"{trustDomain: a, clusterSPIFFEID: {federatesWith: [b, 'spiffe://c', '', a]}}", []string{
			`spec.clusterSPIFFEID.federatesWith[1]: must consist of at most 255 lower-case letters, digits, dots, dashes and underscores, got "spiffe://c"`,
			`spec.clusterSPIFFEID.federatesWith[2]: must consist of at most 255 lower-case letters, digits, dots, dashes and underscores, got ""`,
			`spec.clusterSPIFFEID.federatesWith[3]: must be another trust domain than spec.trustDomain, got "a"`}},
		{"{clusterSPIFFEID: {spiffeIDTemplate: a}}", []string{`spec.clusterSPIFFEID.spiffeIDTemplate: must begin with spiffe://, got "a"`}},
		{"{identityLabel: {key: sidecar.istio.io/inject}}", []string{
			`spec.identityLabel.key: must not be a label that Istio reads, got "sidecar.istio.io/inject"`}},
		{"{podTemplates: [{path: a/b}, {kind: A}, {kind: A, path: a//b}, {kind: A, path: /a}, {kind: A, path: 'a[/b'}]}", []string{
			"spec.podTemplates[0].kind: must be set", podTemplatePath(1, ""), podTemplatePath(2, "a//b"), podTemplatePath(3, "/a"), podTemplatePath(4, "a[/b")}},
	} {
		t.Run(c.spec[:min(len(c.spec), 60)], func(t *testing.T) {
			require.Equal(t, c.want, problems(t, head+"spec: "+c.spec+"\n"))
		})
	}
}

func podTemplatePath(i int, is string) string {
	return "spec.podTemplates[" + string(rune('0'+i)) + "].path: must be keys separated by slashes, such as spec/podTemplate or spec/jobs[]/template, got \"" + is + "\""
}

// What Kubernetes' own checks say is theirs; that it is said, and of which field, is ours.
func TestErrorsOfKubernetes(t *testing.T) {
	for spec, field := range map[string]string{
		"{namespace: a.b}":                         `spec.namespace: "a.b": `,
		"{revision: '-'}":                          `spec.revision: "-": `,
		"{identityLabel: {key: a/b/c}}":            `spec.identityLabel.key: "a/b/c": `,
		"{identityLabel: {value: a b}}":            `spec.identityLabel.value: "a b": `,
		"{clusterSPIFFEID: {name: A}}":             `spec.clusterSPIFFEID.name: "A": `,
		"{exclude: [{labelSelector: '=='}]}":       "spec.exclude[0].labelSelector: must be a selector, ",
		"{gateways: [{annotationSelector: a in}]}": "spec.gateways[0].annotationSelector: must be a selector, ",
	} {
		found := problems(t, head+"spec: "+spec+"\n")
		require.Len(t, found, 1)
		require.True(t, strings.HasPrefix(found[0], field), found[0])
	}
}

// The configuration is one object of one type. Each message is one line, for it ends up on one.
func TestConfigDocument(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       `apiVersion: must be enmesh.dev/v1alpha1, got ""`,
		"# nothing\n":                            `kind: must be MeshEnrollment, got ""`,
		"3":                                      "the configuration must be a mapping, got a number",
		"[]":                                     "the configuration must be a mapping, got a list",
		"apiVersion: v1\nkind: MeshEnrollment\n": `apiVersion: must be enmesh.dev/v1alpha1, got "v1"`,
		"apiVersion: enmesh.dev/v1alpha1\nkind: Enrollment\n": `kind: must be MeshEnrollment, got "Enrollment"`,
		head + "spc: {}\n":                     "spc: unknown field (did you mean spec?)",
		head + "Spec: {}\n":                    "Spec: unknown field (did you mean spec?)",
		head + "metadata: {nme: x}\n":          "metadata.nme: unknown field (did you mean name?)",
		head + "metadata: {labels: {a: 1}}\n":  "metadata.labels[a]: must be a string, got a number (quote it)",
		head + "metadata: {generation: 1.5}\n": "metadata.generation",
		head + "---\nkind: Other\n":            "line 4: a second document; a configuration must be a single document",
		head + "spec: [\n":                     "line ",
		head + "\tspec: {}\n":                  "line ",
		head + "spec: *unknown\n":              "unknown anchor",
		head + "spec: {all: true, \xff: 1}\n":  "invalid",
	} {
		found := problems(t, text)
		require.Contains(t, strings.Join(found, "\n"), want, text)
		for _, problem := range found {
			require.NotContains(t, problem, "\n")
		}
	}
}

func problems(t *testing.T, text string) []string {
	t.Helper()
	e, err := config.Decode([]byte(text))
	if err == nil {
		_, err = fn.New(e)
	}
	var wrong *config.Error
	require.ErrorAs(t, err, &wrong, text)
	return wrong.Problems
}

// All that the configuration has can be decoded, from YAML and from JSON. kustomize's types stand inline.
func TestDecode(t *testing.T) {
	for _, text := range []string{
		"\uFEFF---\r\n" + strings.ReplaceAll(head, "\n", "\r\n") + "spec:\r\n  targets: [{group: apps, version: v1, kind: Deployment, name: a, namespace: b," +
			" labelSelector: c=d, annotationSelector: e}]\r\n  podTemplates:\r\n  - {group: g, version: v, kind: K, path: a/b, create: true, metadataOnly: true}\r\n---\r\n",
		`{"apiVersion": "enmesh.dev/v1alpha1", "kind": "MeshEnrollment", "metadata": null, "spec": {"targets": [{"group": "apps",
		"version": "v1", "kind": "Deployment", "name": "a", "namespace": "b", "labelSelector": "c=d", "annotationSelector": "e"}],
		"podTemplates": [{"group": "g", "version": "v", "kind": "K", "path": "a/b", "create": true, "metadataOnly": true}]}}`,
	} {
		e, err := config.Decode([]byte(text))
		require.NoError(t, err)
		target, podTemplate := e.Spec.Targets[0], e.Spec.PodTemplates[0]
		require.Equal(t, []string{"apps", "v1", "Deployment", "a", "b", "c=d", "e"}, []string{target.Group, target.Version, target.Kind,
			target.Name, target.Namespace, target.LabelSelector, target.AnnotationSelector})
		require.Equal(t, []any{"g", "v", "K", "a/b", true, true}, []any{podTemplate.Group, podTemplate.Version, podTemplate.Kind,
			podTemplate.Path, podTemplate.CreateIfNotPresent, podTemplate.MetadataOnly})
		_, err = fn.New(e)
		require.NoError(t, err)
	}
}

// Default fills what is not set, and only that; a second time it finds nothing to do.
func TestDefault(t *testing.T) {
	set, err := config.Decode([]byte(head + "spec: {mode: Check, hooks: Enroll, identityLabel: {key: a, value: b}, templates: {sidecar: [c], gateway: [d]},\n" +
		"  workloadSocket: {provider: Pod, csi: {driver: e, readOnly: true}}, workloadAPI: {mountPath: /f, file: g}, peerAuthenticationVersion: v1beta1,\n" +
		"  clusterSPIFFEID: {name: h, spiffeIDTemplate: 'spiffe://i'}}\n"))
	require.NoError(t, err)
	defaulted := set
	defaulted.Default()
	require.Equal(t, set, defaulted)

	var e config.MeshEnrollment
	e.Spec.WorkloadAPI = &config.WorkloadAPI{}
	own := e.Spec.WorkloadAPI
	e.Default()
	require.NoError(t, e.Validate())
	require.Equal(t, config.APIVersion, e.APIVersion)
	require.Equal(t, config.Kind, e.Kind)
	require.Equal(t, config.WorkloadAPI{}, *own, "the caller's")
	require.Equal(t, config.IdentityLabel{Key: "spire-managed-identity", Value: "true"}, e.Spec.IdentityLabel)
	require.Equal(t, config.Templates{Sidecar: []string{"sidecar", "spire"}, Gateway: []string{"gateway", "spire-gw"}}, e.Spec.Templates)
	require.Equal(t, "csi.spiffe.io", e.Spec.WorkloadSocket.CSI.Driver)
	require.Equal(t, config.WorkloadAPI{MountPath: "/spiffe-workload-api", File: "spire-agent.sock"}, *e.Spec.WorkloadAPI)
	again := e
	again.Default()
	require.Equal(t, e, again)
}

// Each short name sets its field, as the flag of that name does.
func TestSetOptions(t *testing.T) {
	var e config.MeshEnrollment
	require.NoError(t, e.SetOptions(map[string]string{
		"all": "true", "exclude": "a=b", "hooks": "Enroll", "mode": "Check", "namespace": "demo", "revision": "canary",
		"strict": "true", "trustDomain": "example.org", "workloadSocket": "Pod", "workloadSocketFile": "x.sock",
		"selector": "c=d", "peerAuthentication": "STRICT", "preset": "ztwim",
	}))
	require.True(t, e.Spec.All && e.Spec.Strict)
	require.Equal(t, "a=b", e.Spec.Exclude[0].LabelSelector)
	require.Equal(t, config.WorkloadSocket{Provider: config.PodSocket, File: "x.sock"}, e.Spec.WorkloadSocket)
	require.Equal(t, "c=d", e.Spec.Targets[0].LabelSelector)
	require.Equal(t, "ztwim", e.Spec.Preset)
	require.Equal(t, []any{config.Check, config.EnrollHooks, "demo", "canary", "example.org", "STRICT"},
		[]any{e.Spec.Mode, e.Spec.Hooks, e.Spec.Namespace, e.Spec.Revision, e.Spec.TrustDomain, e.Spec.PeerAuthentication})

	err := e.SetOptions(map[string]string{"all": "maybe", "nope": "x"})
	require.ErrorContains(t, err, `data.all: must be true or false, got "maybe"`)
	require.ErrorContains(t, err, "data.nope: unknown key; valid keys are accept, all, exclude, ")
}
