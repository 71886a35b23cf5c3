package export

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
)

// Each form says what it makes of each field, so that a new field cannot be forgotten silently.
func TestEachFormKnowsEachField(t *testing.T) {
	for _, row := range forms {
		f := row.make()
		for _, field := range fields() {
			_, cannot := f.cannot[field]
			require.NotEqual(t, cannot, slices.Contains(f.expresses, field), "%s: %s must be in one of expresses and cannot", row.name, field)
		}
		for field := range f.cannot {
			require.Contains(t, fields(), field, row.name)
		}
	}
}

// Each form has a comment at the top, and is YAML.
func TestForms(t *testing.T) {
	spec := config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks}
	for _, name := range Forms() {
		text, err := Export(name, config.MeshEnrollment{Spec: spec})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(text, "# "), name)
		require.Contains(t, text, "enmesh --export "+name)
		for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
			var document map[string]any
			if err := decoder.Decode(&document); err != nil {
				require.Equal(t, "EOF", err.Error())
				break
			}
			require.NotEmpty(t, document)
		}
	}
}

// What a form cannot express is an error that names the field and the form.
func TestCannotExpress(t *testing.T) {
	pods := config.Selector{Kind: "Deployment", Name: "web", LabelSelector: "size>3"}
	for _, test := range []struct {
		form   string
		spec   config.MeshEnrollmentSpec
		fields []string
	}{
		{"mutating-admission-policy", config.MeshEnrollmentSpec{All: true}, []string{"hooks"}},
		{"mutating-admission-policy", config.MeshEnrollmentSpec{Targets: []config.Selector{{LabelSelector: "app=web"}}}, []string{"hooks"}},
		{"mutating-admission-policy", config.MeshEnrollmentSpec{Exclude: []config.Selector{{}, pods}},
			[]string{"exclude[1].kind", "exclude[1].name", "exclude[1].labelSelector"}},
		{"mutating-admission-policy", config.MeshEnrollmentSpec{Gateways: []config.Selector{pods}},
			[]string{"gateways[0].kind", "gateways[0].name", "gateways[0].labelSelector"}},
		{"mutating-admission-policy", config.MeshEnrollmentSpec{Mode: config.Check, WorkloadAPI: &config.WorkloadAPI{}, PeerAuthentication: "STRICT"},
			[]string{"mode", "workloadAPI", "peerAuthentication"}},
		{"validating-admission-policy", config.MeshEnrollmentSpec{Mode: config.Unenroll, ClusterSPIFFEID: &config.ClusterSPIFFEID{}},
			[]string{"mode", "clusterSPIFFEID"}},
		{"kyverno", config.MeshEnrollmentSpec{Mode: config.Check, Targets: []config.Selector{pods}, WorkloadAPI: &config.WorkloadAPI{}, PeerAuthentication: "STRICT"},
			[]string{"mode", "targets[0].kind", "targets[0].name", "targets[0].labelSelector", "hooks", "workloadAPI", "peerAuthentication"}},
		{"kustomize", config.MeshEnrollmentSpec{Cluster: []string{"cluster.yaml"}}, []string{"cluster"}},
	} {
		_, err := Export(test.form, config.MeshEnrollment{Spec: test.spec})
		var problems *config.Error
		require.ErrorAs(t, err, &problems)
		require.Len(t, problems.Problems, len(test.fields), problems)
		for i, field := range test.fields {
			require.Contains(t, problems.Problems[i], "spec."+field+": the form "+test.form+" cannot express this: ")
		}
	}
}

func TestUnknownForm(t *testing.T) {
	_, err := Export("helm", config.MeshEnrollment{})
	require.ErrorContains(t, err, "mutating-admission-policy")
}

// An invalid configuration is an error that names its fields, as in each mode.
func TestInvalidConfiguration(t *testing.T) {
	_, err := Export("kustomize", config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{Hooks: "Maybe"}})
	require.ErrorContains(t, err, "spec.hooks: must be Skip or Enroll")
}

// A preset is expressed by what it fills.
func TestPresetIsExpressed(t *testing.T) {
	spec := config.MeshEnrollmentSpec{All: true, Hooks: config.EnrollHooks, Preset: "istio-docs"}
	filled := config.MeshEnrollment{Spec: spec}
	filled.Default()
	filled.Spec.Preset = ""
	for _, form := range []string{"flux", "kyverno", "mutating-admission-policy", "validating-admission-policy"} {
		want, err := Export(form, filled)
		require.NoError(t, err)
		got, err := Export(form, config.MeshEnrollment{Spec: spec})
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Contains(t, got, "spiffe.io/spire-managed-identity")
	}
}
