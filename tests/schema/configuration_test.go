package schema

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
)

const head = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"

// The schema accepts what enmesh accepts, and refuses what it refuses.
func TestAgreement(t *testing.T) {
	schema := validator(t, "fn/config/meshenrollment.schema.json")
	for _, spec := range []string{
		"{}", "null", "3", "{all: true}", "{al: true}", "{all: yes please}", "{mode: Check}", "{mode: Enrol}", "{hooks: Enroll}", "{hooks: skip}",
		"{all: true, targets: []}", "{all: true, targets: [{kind: Pod}]}", "{all: false, targets: [{kind: Pod}]}",
		"{targets: [{group: apps, version: v1, kind: Deployment, name: a.*, namespace: b, labelSelector: c=d, annotationSelector: e}]}",
		"{targets: [{nam: x}]}", "{targets: {kind: Pod}}", "{targets: [Pod]}", "{exclude: [{}, {namespace: [a]}]}", "{gateways: [{name: edge}]}",
		"{namespace: demo}", "{namespace: De}", "{namespace: a.b}", "{trustDomain: example.org}", "{trustDomain: Example.org}",
		"{trustDomain: " + strings.Repeat("a", 256) + "}", "{revision: canary}", "{revision: 1}",
		"{identityLabel: {key: spiffe.io/x, value: 'true'}}", "{identityLabel: {value: true}}", "{identityLabel: {key: sidecar.istio.io/inject}}",
		"{identityLabel: {key: istio.io/rev}}", "{identityLabel: {key: a, value: 'a b'}}", "{identityLabel: {key: a, value: " + strings.Repeat("a", 64) + "}}",
		"{templates: {sidecar: [sidecar, spire], gateway: [gateway, spire-gw]}}", "{templates: {sidecar: []}}", "{templates: {gateway: ['a,b']}}",
		"{templates: {gateway: ['']}}", "{templates: {sidecar: [1]}}", "{workloadSocket: {provider: Pod, file: spire-agent.sock}}",
		"{workloadSocket: {provider: pod}}", "{workloadSocket: {fil: x}}", "{workloadSocket: {file: a/b}}", "{workloadSocket: {file: ..}}",
		"{workloadSocket: {csi: {driver: x, readOnly: true}}}", "{workloadSocket: {csi: {}}}", "{workloadSocket: {csi: {driver: x, readOnly: false}}}",
		"{workloadSocket: {csi: {driver: x}}}", "{workloadAPI: {}}", "{workloadAPI: {mountPath: /a, file: b}}", "{workloadAPI: {mountPath: a}}", "{workloadAPI: {file: .}}",
		"{peerAuthentication: STRICT}", "{peerAuthentication: strict}", "{peerAuthenticationVersion: v1beta1}", "{peerAuthenticationVersion: v2}",
		"{clusterSPIFFEID: {}}", "{clusterSPIFFEID: {name: a, className: b, hint: c, spiffeIDTemplate: 'spiffe://x'}}", "{clusterSPIFFEID: {spiffeIDTemplate: a}}",
		"{podTemplates: [{group: g, version: v, kind: K, path: 'a/b[]/c', create: true, metadataOnly: true}]}", "{podTemplates: [{path: a/b}]}",
		"{podTemplates: [{kind: A}]}", "{podTemplates: [{kind: A, path: a//b}]}", "{podTemplates: [{kind: A, path: 'a[/b'}]}", "{podTemplates: [{kind: A, path: b, pth: c}]}",
		"{strict: true, noAssumptions: true, cluster: [a, b], accept: [HostNetwork]}", "{accept: [HostNetwrok]}", "{cluster: a}",
	} {
		text := []byte(head + "spec: " + spec + "\n")
		enrollment, err := config.Decode(text)
		if err == nil {
			_, err = fn.New(enrollment)
		}
		asJSON, convertErr := yaml.YAMLToJSON(text)
		require.NoError(t, convertErr)
		said := problems(t, schema, asJSON)
		require.Equal(t, err == nil, said == "" || spec == "null", "%s\nenmesh: %v\nschema: %s", spec, err, said)
	}
	for _, text := range []string{"kind: MeshEnrollment\n", "apiVersion: enmesh.dev/v1\nkind: MeshEnrollment\n", "apiVersion: enmesh.dev/v1alpha1\nkind: Enrollment\n", head + "spce: {}\n"} {
		asJSON, err := yaml.YAMLToJSON([]byte(text))
		require.NoError(t, err)
		require.NotEmpty(t, problems(t, schema, asJSON), text)
	}
}

var schemaComment = regexp.MustCompile(`(?m)^# yaml-language-server: \$schema=(\S+)$`)

// The configurations of the test cases, the examples and the page are valid, and the latter two name the schema for editors.
func TestConfigurations(t *testing.T) {
	schema := validator(t, "fn/config/meshenrollment.schema.json")
	valid := func(name string, text []byte) {
		asJSON, err := yaml.YAMLToJSON(text)
		require.NoError(t, err, name)
		require.Empty(t, problems(t, schema, asJSON), name)
	}
	cases, err := filepath.Glob("fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		for _, part := range archive.Files {
			if part.Name == "config.yaml" {
				valid(file, append([]byte(head), part.Data...))
			}
		}
	}
	named := func(file string, text []byte) {
		found := schemaComment.FindSubmatch(text)
		require.NotNil(t, found, "%s names no schema", file)
		require.Equal(t, "fn/config/meshenrollment.schema.json", filepath.Join(filepath.Dir(file), string(found[1])), file)
		valid(file, text)
	}
	examples := 0
	require.NoError(t, filepath.WalkDir("examples", func(file string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), "\nkind: MeshEnrollment\n") {
			examples++
			named(file, text)
		}
		return err
	}))
	require.NotZero(t, examples)
	const page = "fn/config/CONFIGURATION.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	named(page, []byte(block))
}
