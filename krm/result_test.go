package krm

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// What is written for a result is what kyaml writes for it, and kyaml reads that back.
func TestResult(t *testing.T) {
	web := manifest.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	reference := &kyaml.ResourceIdentifier{TypeMeta: kyaml.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, NameMeta: kyaml.NameMeta{Name: "web"}}
	namespaced := *reference
	namespaced.Namespace = "true"
	for _, c := range []struct {
		result result
		want   framework.Result
	}{
		{result{}, framework.Result{}},
		{result{message: "it's so", severity: outcome.Error}, framework.Result{Message: "it's so", Severity: framework.Error}},
		{result{message: "12", severity: outcome.Info, resource: web, file: "a.yaml"},
			framework.Result{Message: "12", Severity: framework.Info, ResourceRef: reference, File: &framework.File{Path: "a.yaml"}}},
		{result{message: "a: b", severity: outcome.Warning, resource: manifest.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "true", Name: "web"},
			field: "spec.template", file: "a.yaml", index: 3, tags: []tag{{"empty", ""}, {"outcome", "Enrolled"}, {"verdict", "SPIRE"}}},
			framework.Result{Message: "a: b", Severity: framework.Warning, ResourceRef: &namespaced, Field: &framework.Field{Path: "spec.template"},
				File: &framework.File{Path: "a.yaml", Index: 3}, Tags: map[string]string{"verdict": "SPIRE", "outcome": "Enrolled", "empty": ""}}},
	} {
		want, err := yamledit.FromJSON(c.want)
		require.NoError(t, err)
		require.Equal(t, want, c.result.node())

		text, err := yaml.Marshal(c.result.node())
		require.NoError(t, err)
		var read framework.Result
		require.NoError(t, sigsyaml.UnmarshalStrict(text, &read))
		require.Equal(t, c.want, read)

		if c.want.Severity != "" { // which a result always has
			require.Equal(t, c.want.String(), c.result.String())
		}
	}
	for name, severity := range map[framework.Severity]outcome.Severity{framework.Error: outcome.Error, framework.Warning: outcome.Warning, framework.Info: outcome.Info} {
		require.EqualValues(t, name, severity)
	}
}

// A field that kyaml adds to its result is to be looked at: these are those that this function does or does not have.
func TestResultFields(t *testing.T) {
	full := framework.Result{Message: "m", Severity: "s", ResourceRef: &kyaml.ResourceIdentifier{}, Tags: map[string]string{"a": "b"},
		Field: &framework.Field{Path: "p", CurrentValue: 1, ProposedValue: 2}, File: &framework.File{Path: "p", Index: 1}}
	full.ResourceRef.Name, full.ResourceRef.Namespace, full.ResourceRef.APIVersion, full.ResourceRef.Kind = "n", "s", "v", "k"
	requireSet(t, reflect.ValueOf(full))
	text, err := json.Marshal(full)
	require.NoError(t, err)
	require.JSONEq(t, `{"message": "m", "severity": "s", "resourceRef": {"apiVersion": "v", "kind": "k", "name": "n", "namespace": "s"},
		"field": {"path": "p", "currentValue": 1, "proposedValue": 2}, "file": {"path": "p", "index": 1}, "tags": {"a": "b"}}`, string(text))
}

// requireSet fails if a field of a value is not set.
func requireSet(t *testing.T, v reflect.Value) {
	if v = reflect.Indirect(v); v.Kind() == reflect.Struct {
		for field, value := range v.Fields() {
			require.False(t, value.IsZero(), "%s.%s", v.Type(), field.Name)
			requireSet(t, value)
		}
	}
}
