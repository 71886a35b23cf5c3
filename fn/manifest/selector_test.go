package manifest

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/yamledit"
)

// A selector matches the names of what it matches in kustomize.
func FuzzSelector(f *testing.F) {
	for _, pattern := range []string{"", "web", "we.*", "web|db", "^web$", "WEB", "(?i)WEB", "", ".*", "a)(?:b", `a\Q`, "(", "[", "web\n", "$^"} {
		f.Add(pattern, "web")
		f.Add(pattern, "webdb")
		f.Add(pattern, "")
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		empty := ResourceRef{APIVersion: "/"}
		for _, c := range []struct {
			own    config.Selector
			others types.Selector
			ref    ResourceRef
		}{
			{config.Selector{Group: pattern}, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: pattern}}}, ResourceRef{APIVersion: value + "/v1"}},
			{config.Selector{Version: pattern}, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Version: pattern}}}, ResourceRef{APIVersion: "apps/" + value}},
			{config.Selector{Kind: pattern}, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: pattern}}}, ResourceRef{Kind: value}},
			{config.Selector{Name: pattern}, types.Selector{ResId: resid.ResId{Name: pattern}}, ResourceRef{Name: value}},
			{config.Selector{Namespace: pattern}, types.Selector{ResId: resid.ResId{Namespace: pattern}}, ResourceRef{Namespace: value}},
		} {
			own, err := newSelector(c.own)
			others, othersErr := types.NewSelectorRegex(&c.others)
			if err != nil { // kustomize refuses it too, or it is valid only with the anchors
				_, alone := regexp.Compile(pattern)
				require.True(t, othersErr != nil || alone != nil, pattern)
				continue
			}
			require.NoError(t, othersErr)
			for _, ref := range []ResourceRef{c.ref, empty} {
				group, version := resid.ParseGroupVersion(ref.APIVersion)
				want := others.MatchGvk(resid.Gvk{Group: group, Version: version, Kind: ref.Kind}) && others.MatchName(ref.Name) && others.MatchNamespace(ref.Namespace)
				require.Equal(t, want, own.names(ref), "%+v: %+v", c.own, ref)
			}
		}
	})
}

// A label selector selects what it selects in Kubernetes, and nothing if Kubernetes refuses it.
func FuzzLabelSelector(f *testing.F) {
	for _, text := range []string{"", "{}", "{matchLabels: {}}", "{matchLabels: {app: web}}", "{matchLabels: {app: web, tier: cache}}", "{matchLabels: {'a b': web}}",
		"{matchLabels: {app: 'a b'}}", "{matchExpressions: []}", "{matchExpressions: [{key: app, operator: In, values: [web, db]}]}",
		"{matchExpressions: [{key: app, operator: In}]}", "{matchExpressions: [{key: app, operator: in, values: [web]}]}",
		"{matchExpressions: [{key: app, operator: NotIn, values: [db]}, {key: tier, operator: Exists}]}", "{matchExpressions: [{key: app, operator: NotIn, values: []}]}",
		"{matchExpressions: [{key: app, operator: Exists, values: [web]}]}", "{matchExpressions: [{key: app, operator: DoesNotExist}], matchLabels: {app: web}}",
		"{matchExpressions: [{key: app, operator: '='}]}", "{matchExpressions: [{operator: Exists}]}", "{matchExpressions: [{key: app, operator: Gt, values: ['1']}]}"} {
		f.Add(text, "app=web,tier=cache")
		f.Add(text, "app=db")
		f.Add(text, "")
	}
	f.Fuzz(func(t *testing.T, text, pod string) {
		var spec metav1.LabelSelector
		set, err := labels.ConvertSelectorToLabelsMap(pod)
		if err != nil || yaml.UnmarshalStrict([]byte(text), &spec) != nil {
			t.Skip()
		}
		node, err := yamledit.FromJSON(spec)
		require.NoError(t, err)
		want, err := metav1.LabelSelectorAsSelector(&spec)
		own := LabelSelector(node)
		if err != nil {
			require.False(t, own.Matches(set), text)
			return
		}
		require.Equal(t, want.Matches(set), own.Matches(set), text)
		require.Equal(t, want.Empty(), own.Empty(), text)
		require.Equal(t, want.String(), own.String(), text)
	})
}
