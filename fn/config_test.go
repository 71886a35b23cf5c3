package fn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
)

const head = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"

// What is wrong with a configuration is said by the field's path, all of it at once: first what cannot be decoded, then
// the values that are wrong.
func TestConfigErrors(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []string
	}{
		// Unknown fields, and what they may stand for.
		{"{al: true}", []string{"spec.al: no such field"}},
		{"{target: []}", []string{"spec.target: no such field (did you mean targets?)"}},
		{"{workloadSocket: {fil: x}}", []string{"spec.workloadSocket.fil: no such field (did you mean file?)"}},
		{"{workloadSocket: {csi: {driver: x, readonly: true}}}", []string{"spec.workloadSocket.csi.readonly: no such field (did you mean readOnly?)"}},
		{"{something: else}", []string{"spec.something: no such field"}},
		{"{targets: [{name: x}, {nam: x}]}", []string{"spec.targets[1].nam: no such field (did you mean name?)"}},
		{"{targets: [{ResId: {}}]}", []string{"spec.targets[0].ResId: no such field"}},
		{"{podTemplates: [{kind: A, path: b, pth: c}]}", []string{"spec.podTemplates[0].pth: no such field (did you mean path?)"}},
		{"{podTemplates: [{isClusterScoped: true}]}", []string{"spec.podTemplates[0].isClusterScoped: no such field"}},
		// Values of the wrong type.
		{"{all: yes please}", []string{"spec.all: must be a boolean, and is a string"}},
		{"{targets: {kind: Pod}}", []string{"spec.targets: must be a list, and is a mapping"}},
		{"{targets: [Pod]}", []string{"spec.targets[0]: must be a mapping, and is a string"}},
		{"{exclude: [{}, {namespace: [a]}]}", []string{"spec.exclude[1].namespace: must be a string, and is a list"}},
		{"{templates: {sidecar: [sidecar, 1]}}", []string{"spec.templates.sidecar[1]: must be a string, and is a number (put it in quotes)"}},
		{"{identityLabel: {value: true}}", []string{"spec.identityLabel.value: must be a string, and is a boolean (put it in quotes)"}},
		{"{podTemplates: [{path: [a]}]}", []string{"spec.podTemplates[0].path: must be a string, and is a list"}},
		{"3", []string{"spec: must be a mapping, and is a number"}},
		// Keys that are there twice.
		{"{all: true, all: false}", []string{"spec.all: there twice, again on line 3"}},
		{"\n  targets:\n  - kind: Pod\n    name: a\n    kind: Job", []string{"spec.targets[0].kind: there twice, again on line 7"}},
		// All at once.
		{"{al: 1, all: 2, all: 3, strict: x}", []string{"spec.all: there twice, again on line 3", "spec.al: no such field",
			"spec.all: must be a boolean, and is a number", "spec.strict: must be a boolean, and is a string"}},
		// Values.
		{"{mode: Enrol}", []string{`spec.mode: must be one of Enroll, Check, Unenroll, and is "Enrol"`}},
		{"{hooks: skip}", []string{`spec.hooks: must be one of Skip, Enroll, and is "skip"`}},
		{"{workloadSocket: {provider: pod}}", []string{`spec.workloadSocket.provider: must be one of Template, Pod, and is "pod"`}},
		{"{peerAuthentication: strict}", []string{`spec.peerAuthentication: must be one of STRICT, and is "strict"`}},
		{"{peerAuthenticationVersion: v2}", []string{`spec.peerAuthenticationVersion: must be one of v1, v1beta1, and is "v2"`}},
		{"{all: true, targets: [{kind: Pod}]}", []string{"spec.all: excludes spec.targets: all of the pods, or those that match"}},
		{"{targets: [{name: '(', kind: 'a['}], gateways: [{}, {group: '*'}, {version: '\\', namespace: 'a\\Q'}]}", []string{
			"spec.targets[0].kind: must be a regular expression (missing closing ]), and is \"a[\"",
			"spec.targets[0].name: must be a regular expression (missing closing )), and is \"(\"",
			"spec.gateways[1].group: must be a regular expression (missing argument to repetition operator), and is \"*\"",
			"spec.gateways[2].version: must be a regular expression (trailing backslash at end of expression), and is \"\\\\\"",
			"spec.gateways[2].namespace: must be a regular expression (missing closing )), and is \"a\\\\Q\""}},
		{"{trustDomain: " + strings.Repeat("a", 256) + "}", []string{"spec.trustDomain: must be a name of lower-case letters, digits, dots, dashes " +
			"and underscores, 255 at most, and is \"" + strings.Repeat("a", 256) + "\""}},
		{"{templates: {sidecar: []}}", []string{"spec.templates.sidecar: must name a template"}},
		{"{templates: {gateway: [gateway, 'a,b', '', a b]}}", []string{`spec.templates.gateway[1]: must be the name of a template, and is "a,b"`,
			`spec.templates.gateway[2]: must be the name of a template, and is ""`, `spec.templates.gateway[3]: must be the name of a template, and is "a b"`}},
		{"{workloadSocket: {file: a/b}}", []string{`spec.workloadSocket.file: must be the name of a file, without a path, and is "a/b"`}},
		{"{workloadSocket: {file: ..}}", []string{`spec.workloadSocket.file: must be the name of a file, without a path, and is ".."`}},
		{`{workloadSocket: {file: "a\nb"}}`, []string{`spec.workloadSocket.file: must be the name of a file, without a path, and is "a\nb"`}},
		{"{workloadAPI: {file: ., mountPath: a}}", []string{`spec.workloadAPI.file: must be the name of a file, without a path, and is "."`,
			`spec.workloadAPI.mountPath: must be an absolute path, and is "a"`}},
		{"{workloadSocket: {csi: {}}}", []string{"spec.workloadSocket.csi.driver: must be set",
			"spec.workloadSocket.csi.readOnly: must be true: the SPIFFE CSI driver refuses any other mount"}},
		{"{workloadSocket: {csi: {driver: x, readOnly: false}}}", []string{
			"spec.workloadSocket.csi.readOnly: must be true: the SPIFFE CSI driver refuses any other mount"}},
		{"{clusterSPIFFEID: {spiffeIDTemplate: a}}", []string{`spec.clusterSPIFFEID.spiffeIDTemplate: must begin with spiffe://, and is "a"`}},
		{"{identityLabel: {key: sidecar.istio.io/inject}}", []string{
			`spec.identityLabel.key: must be a label that Istio does not read, and is "sidecar.istio.io/inject"`}},
		{"{podTemplates: [{path: a/b}, {kind: A}, {kind: A, path: a//b}, {kind: A, path: /a}, {kind: A, path: 'a[]/b'}]}", []string{
			"spec.podTemplates[0].kind: must be set", podTemplatePath(1, ""), podTemplatePath(2, "a//b"), podTemplatePath(3, "/a"), podTemplatePath(4, "a[]/b")}},
	} {
		t.Run(c.spec[:min(len(c.spec), 60)], func(t *testing.T) {
			require.Equal(t, c.want, problems(t, head+"spec: "+c.spec+"\n"))
		})
	}
}

func podTemplatePath(i int, is string) string {
	return "spec.podTemplates[" + string(rune('0'+i)) + "].path: must be keys with slashes between them, such as spec/podTemplate, and is \"" + is + "\""
}

// What Kubernetes' own checks say is theirs; that it is said, and of which field, is ours.
func TestConfigErrorsOfKubernetes(t *testing.T) {
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
		"":                                       `apiVersion: must be enmesh.dev/v1alpha1, and is ""`,
		"# nothing\n":                            `kind: must be MeshEnrollment, and is ""`,
		"3":                                      "the configuration must be a mapping, and is a number",
		"[]":                                     "the configuration must be a mapping, and is a list",
		"apiVersion: v1\nkind: MeshEnrollment\n": `apiVersion: must be enmesh.dev/v1alpha1, and is "v1"`,
		"apiVersion: enmesh.dev/v1alpha1\nkind: Enrollment\n": `kind: must be MeshEnrollment, and is "Enrollment"`,
		head + "spc: {}\n":                     "spc: no such field (did you mean spec?)",
		head + "Spec: {}\n":                    "Spec: no such field (did you mean spec?)",
		head + "metadata: {nme: x}\n":          "metadata.nme: no such field (did you mean name?)",
		head + "metadata: {labels: {a: 1}}\n":  "metadata.labels[a]: must be a string, and is a number (put it in quotes)",
		head + "metadata: {generation: 1.5}\n": "metadata.generation",
		head + "---\nkind: Other\n":            "line 4: a second document; a configuration is one",
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
	e, err := fn.Decode([]byte(text))
	if err == nil {
		_, err = fn.New(e)
	}
	var wrong *fn.ConfigError
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
		e, err := fn.Decode([]byte(text))
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
	set, err := fn.Decode([]byte(head + "spec: {mode: Check, hooks: Enroll, identityLabel: {key: a, value: b}, templates: {sidecar: [c], gateway: [d]},\n" +
		"  workloadSocket: {provider: Pod, csi: {driver: e, readOnly: true}}, workloadAPI: {mountPath: /f, file: g}, peerAuthenticationVersion: v1beta1,\n" +
		"  clusterSPIFFEID: {name: h, spiffeIDTemplate: 'spiffe://i'}}\n"))
	require.NoError(t, err)
	defaulted := set
	defaulted.Default()
	require.Equal(t, set, defaulted)

	var e fn.MeshEnrollment
	e.Spec.WorkloadAPI = &fn.WorkloadAPI{}
	own := e.Spec.WorkloadAPI
	e.Default()
	require.NoError(t, e.Validate())
	require.Equal(t, fn.WorkloadAPI{}, *own, "the caller's")
	require.Equal(t, fn.IdentityLabel{Key: "spire-managed-identity", Value: "true"}, e.Spec.IdentityLabel)
	require.Equal(t, fn.Templates{Sidecar: []string{"sidecar", "spire"}, Gateway: []string{"gateway", "spire-gw"}}, e.Spec.Templates)
	require.Equal(t, "csi.spiffe.io", e.Spec.WorkloadSocket.CSI.Driver)
	require.Equal(t, fn.WorkloadAPI{MountPath: "/spiffe-workload-api", File: "spire-agent.sock"}, *e.Spec.WorkloadAPI)
	again := e
	again.Default()
	require.Equal(t, e, again)
}

// Each short name sets its field, as the flag of that name does.
func TestSetOptions(t *testing.T) {
	var e fn.MeshEnrollment
	require.NoError(t, e.SetOptions(map[string]string{
		"all": "true", "exclude": "a=b", "hooks": "Enroll", "mode": "Check", "namespace": "demo", "revision": "canary",
		"strict": "true", "trustDomain": "example.org", "workloadSocket": "Pod", "workloadSocketFile": "x.sock",
	}))
	require.True(t, e.Spec.All && e.Spec.Strict)
	require.Equal(t, "a=b", e.Spec.Exclude[0].LabelSelector)
	require.Equal(t, fn.WorkloadSocket{Provider: fn.PodSocket, File: "x.sock"}, e.Spec.WorkloadSocket)
	require.Equal(t, fn.Check, e.Spec.Mode)

	err := e.SetOptions(map[string]string{"all": "maybe", "nope": "x"})
	require.ErrorContains(t, err, `data.all: "maybe" is neither true nor false`)
	require.ErrorContains(t, err, "data.nope: no such key; there are all, exclude, ")
}
