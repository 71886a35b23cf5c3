package tests

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/outcome"
)

// The law of Flux's patches: what kustomize makes of a workload by the exported patches is what enmesh makes of it, or the build fails because
// the pod template has settings of its own, or the header names the reason. Flux's controller hands the patches to kustomize's own code.
// It holds for the workloads of all cases, and of all charts at hand.
func TestFlux(t *testing.T) {
	law := fluxLaw{seen: map[string]bool{}}
	files, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		spec, input, _ := readCase(t, file)
		law.hold(t, filepath.Base(file), spec, input)
	}
	require.Greater(t, law.same, 100)
	cases := law.same
	template := corpusSpecs[1]
	template.WorkloadSocket.Provider = config.TemplateSocket
	for _, chart := range corpus(t) {
		for _, spec := range append(slices.Clone(corpusSpecs), template) {
			law.hold(t, filepath.Base(chart), spec, read(t, chart))
		}
	}
	t.Logf("%d pods are the same, %d of them of cases; %d are refused, %d are named in the header; %d configurations cannot be expressed",
		law.same, cases, law.refused, law.named, law.inexpressible)
	if len(corpus(t)) > 0 {
		require.Greater(t, law.same-cases, 200)
	}
}

// fluxLaw counts what holds.
type fluxLaw struct {
	same, refused, named, inexpressible int
	seen                                map[string]bool
}

// hold holds the law for the workloads of an input.
func (l *fluxLaw) hold(t *testing.T, input string, spec config.MeshEnrollmentSpec, text string) {
	t.Helper()
	spec.Mode, spec.PeerAuthentication, spec.ClusterSPIFFEID, spec.Cluster, spec.Strict = config.Enroll, "", nil, nil, false
	patches, err := export.Export("flux", config.MeshEnrollment{Spec: spec})
	if err != nil {
		var problems *config.Error
		require.ErrorAs(t, err, &problems)
		l.inexpressible++
		return
	}
	before := objects(text)
	after, outcomes, err := enrolledObjects(spec, before)
	if err != nil || strings.Contains(text, "kind: Namespace") {
		return
	}
	for i, object := range before {
		path := templatePath(object)
		template := dig(object, path...)
		if _, isNamed := dig(object, "metadata")["name"].(string); path == nil || !isNamed || dig(template, "spec") == nil {
			continue
		}
		if key := patches + fmt.Sprint(object); l.seen[key] {
			continue
		} else {
			l.seen[key] = true
		}
		name := fmt.Sprintf("%s: %s %s", input, object["kind"], dig(object, "metadata")["name"])
		got, err := patched(t, patches, object)
		switch {
		case err == nil && got == nil:
		case err != nil:
			require.ErrorContains(t, err, "test failed", name)
			require.True(t, hasOwnSettings(template, spec), "%s: %s", name, err)
			l.refused++
		case normal(dig(after[i], path...)) != normal(dig(got, path...)) && (isNamedInHeader(template, outcomes[i]) || selectsByPod(spec, object, template) || hasOwnSettings(template, spec) && normal(dig(got, path...)) == normal(template)):
			l.named++
		default:
			require.Equal(t, normal(dig(after[i], path...)), normal(dig(got, path...)), name)
			require.NotContains(t, fmt.Sprint(got), "enmesh.dev/export", name)
			l.same++
		}
	}
}

// patched builds one object with the patches of a HelmRelease.
func patched(t *testing.T, text string, object map[string]any) (map[string]any, error) {
	t.Helper()
	release := objects(text)[0]
	renderer := dig(release, "spec")["postRenderers"].([]any)[0].(map[string]any)
	kustomization, err := yaml.Marshal(map[string]any{"resources": []string{"object.yaml"}, "patches": dig(renderer, "kustomize")["patches"]})
	require.NoError(t, err)
	resource, err := yaml.Marshal(object)
	require.NoError(t, err)
	files := filesys.MakeFsInMemory()
	require.NoError(t, files.WriteFile("kustomization.yaml", kustomization))
	require.NoError(t, files.WriteFile("object.yaml", resource))
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, ".")
	if err != nil {
		return nil, err
	}
	out, err := built.AsYaml()
	require.NoError(t, err)
	if built.Size() == 0 {
		return nil, nil // kustomize writes no local configuration
	}
	return objects(string(out))[0], nil
}

// hasOwnSettings says whether a pod template has a setting that a patch would replace.
func hasOwnSettings(template map[string]any, spec config.MeshEnrollmentSpec) bool {
	for _, key := range []string{"sidecar.istio.io/inject", "enmesh.dev/enroll", "inject.istio.io/templates", "sidecar.istio.io/nativeSidecar",
		"proxy.istio.io/config", "istio.io/rev", "spire-managed-identity", spec.IdentityLabel.Key} {
		for _, section := range []string{"labels", "annotations"} {
			if _, ok := dig(template, "metadata", section)[key]; ok {
				return true
			}
		}
	}
	_, ok := dig(template, "spec")["hostNetwork"]
	return ok
}

// isNamedInHeader says whether the header of the export names the reason why a pod may differ.
func isNamedInHeader(template map[string]any, outcomes []outcome.Reason) bool {
	text := fmt.Sprint(template)
	return slices.Contains(outcomes, outcome.MeshComponent) || strings.Contains(text, "image:auto") ||
		regexp.MustCompile(`name:workload-socket`).MatchString(text)
}

// selectsByPod says whether the selectors compare labels or annotations, and the pod template has others than its workload.
func selectsByPod(spec config.MeshEnrollmentSpec, object, template map[string]any) bool {
	return fmt.Sprint(dig(object, "metadata", "labels"), dig(object, "metadata", "annotations")) != fmt.Sprint(dig(template, "metadata", "labels"), dig(template, "metadata", "annotations")) &&
		slices.ContainsFunc(slices.Concat(spec.Targets, spec.Exclude, spec.Gateways), func(s config.Selector) bool { return s.LabelSelector+s.AnnotationSelector != "" })
}

// normal leaves out empty maps, which kustomize does not write.
func normal(template map[string]any) string {
	return strings.NewReplacer("annotations:map[]", "", "labels:map[]", "").Replace(fmt.Sprint(template))
}
