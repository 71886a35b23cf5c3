package fn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
)

const head = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"

// What is wrong with a configuration is said by the field's path: where it is decoded, or where it is checked.
func TestConfigErrors(t *testing.T) {
	for text, want := range map[string]string{
		head + "spec: {al: true}\n":                                 "spec.al: no such field",
		head + "spec: {workloadSocket: {fil: x}}\n":                 "spec.workloadSocket.fil: no such field",
		head + "spec: {targets: [{nam: x}]}\n":                      "spec.targets[0].nam: no such field",
		head + "spec: {all: yes please}\n":                          "spec.all: must be a boolean, and is a string",
		head + "spec: {targets: {kind: Pod}}\n":                     "spec.targets: must be a list, and is a mapping",
		head + "spec: {all: true, all: false}\n":                    "already set in map",
		"apiVersion: v1\nkind: MeshEnrollment\n":                    `apiVersion: must be enmesh.dev/v1alpha1, and is "v1"`,
		"apiVersion: enmesh.dev/v1alpha1\nkind: Enrollment\n":       `kind: must be MeshEnrollment, and is "Enrollment"`,
		head + "spec: {mode: Enrol}\n":                              `spec.mode: must be one of Enroll, Check, Unenroll, and is "Enrol"`,
		head + "spec: {hooks: skip}\n":                              `spec.hooks: must be one of Skip, Enroll, and is "skip"`,
		head + "spec: {workloadSocket: {provider: pod}}\n":          `spec.workloadSocket.provider: must be one of Template, Pod, and is "pod"`,
		head + "spec: {workloadSocket: {file: a/b}}\n":              `spec.workloadSocket.file: must be the name of a file, without a path, and is "a/b"`,
		head + "spec: {workloadSocket: {csi: {driver: x}}}\n":       "spec.workloadSocket.csi.readOnly: must be true",
		head + "spec: {workloadSocket: {csi: {readOnly: true}}}\n":  "spec.workloadSocket.csi.driver: must be set",
		head + "spec: {all: true, targets: [{kind: Pod}]}\n":        "spec.all: excludes spec.targets",
		head + "spec: {targets: [{name: '('}]}\n":                   "spec.targets[0]: ",
		head + "spec: {exclude: [{}, {labelSelector: '=='}]}\n":     "spec.exclude[1].labelSelector: ",
		head + "spec: {gateways: [{annotationSelector: 'a in'}]}\n": "spec.gateways[0].annotationSelector: ",
		head + "spec: {trustDomain: Example.org}\n":                 "spec.trustDomain: must be a name of lower-case letters",
		head + "spec: {namespace: a.b}\n":                           `spec.namespace: "a.b": `,
		head + "spec: {revision: '-'}\n":                            `spec.revision: "-": `,
		head + "spec: {identityLabel: {key: a/b/c}}\n":              `spec.identityLabel.key: "a/b/c": `,
		head + "spec: {identityLabel: {value: 'a b'}}\n":            `spec.identityLabel.value: "a b": `,
		head + "spec: {templates: {sidecar: []}}\n":                 "spec.templates.sidecar: must name a template",
		head + "spec: {templates: {gateway: ['a,b']}}\n":            `spec.templates.gateway[0]: must be the name of a template, and is "a,b"`,
		head + "spec: {workloadAPI: {mountPath: a}}\n":              `spec.workloadAPI.mountPath: must be an absolute path, and is "a"`,
		head + "spec: {podTemplates: [{path: a//b}]}\n":             "spec.podTemplates[0].kind: must be set",
		head + "spec: {podTemplates: [{kind: A, path: a//b}]}\n":    `spec.podTemplates[0].path: must be keys with slashes between them, such as spec/podTemplate, and is "a//b"`,
	} {
		e, err := fn.Decode([]byte(text))
		if err == nil {
			_, err = fn.New(e)
		}
		var problems *fn.ConfigError
		require.ErrorAs(t, err, &problems, text)
		require.Contains(t, err.Error(), want, text)
	}
}

func TestConfigErrorsComeTogether(t *testing.T) {
	_, err := fn.New(fn.MeshEnrollment{Spec: fn.MeshEnrollmentSpec{Mode: "x", Hooks: "y"}})
	var problems *fn.ConfigError
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems.Problems, 2)
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
