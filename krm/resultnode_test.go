package krm

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"enmesh.dev/enmesh/fn/yamledit"
)

// What is written for a result is what kyaml writes for it.
func TestResultNode(t *testing.T) {
	reference := &yaml.ResourceIdentifier{TypeMeta: yaml.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, NameMeta: yaml.NameMeta{Name: "web"}}
	namespaced := *reference
	namespaced.Namespace = "true"
	for _, r := range []framework.Result{
		{},
		{Message: "it's so", Severity: framework.Error},
		{Message: "12", Severity: framework.Info, ResourceRef: reference, File: &framework.File{Path: "a.yaml"}},
		{Message: "a: b", ResourceRef: &namespaced, Field: &framework.Field{Path: "spec.template"}, File: &framework.File{Path: "a.yaml", Index: 3},
			Tags: map[string]string{"verdict": "SPIRE", "outcome": "Enrolled", "empty": ""}},
	} {
		want, err := yamledit.FromJSON(r)
		require.NoError(t, err)
		require.Equal(t, want, resultNode(r))
	}
}
