package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/common"
	chartutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"istio.io/istio/manifests"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/kube/inject"
	"istio.io/istio/pkg/kube/multicluster"
	admissionv1 "k8s.io/api/admission/v1"
	registrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
)

// istiod is the injector of one revision, behind the webhooks by which the API server finds it.
type istiod struct {
	templates inject.RawTemplates
	config    *inject.Config
	handler   http.Handler
	webhooks  []registrationv1.MutatingWebhook
}

// Istio's charts, as its module embeds them.
const (
	istiodChart  = "charts/istio-control/istio-discovery"
	gatewayChart = "charts/gateway"
)

// renderChart renders a chart as `helm template` does.
func renderChart(t *testing.T, chart string, values m) []byte {
	t.Helper()
	text, err := tryRenderChart(chart, values)
	require.NoError(t, err)
	return text
}

func tryRenderChart(root string, values m) ([]byte, error) {
	var files []*archive.BufferedFile
	err := fs.WalkDir(manifests.FS, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(manifests.FS, name)
		files = append(files, &archive.BufferedFile{Name: strings.TrimPrefix(name, root+"/"), Data: text})
		return err
	})
	if err != nil {
		return nil, err
	}
	chart, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	release := common.ReleaseOptions{Name: "istio", Namespace: "istio-system", IsInstall: true}
	merged, err := chartutil.ToRenderValues(chart, values, release, common.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	rendered, err := engine.Render(chart, merged)
	if err != nil {
		return nil, err
	}
	var stream bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		if path.Ext(name) == ".yaml" {
			fmt.Fprintf(&stream, "---\n# Source: %s\n%s\n", name, rendered[name])
		}
	}
	return stream.Bytes(), nil
}

// settings are the objects that configure one revision of istiod.
type settings struct {
	injector, mesh *corev1.ConfigMap
	webhooks       []registrationv1.MutatingWebhook
}

func settingsIn(t *testing.T, objects []object, revision string) settings {
	t.Helper()
	suffix := ""
	if revision != "" {
		suffix = "-" + revision
	}
	var s settings
	for _, o := range objects {
		switch {
		case o.Kind == "ConfigMap" && o.Metadata.Name == "istio-sidecar-injector"+suffix:
			o.into(t, &s.injector)
		case o.Kind == "ConfigMap" && o.Metadata.Name == "istio"+suffix:
			o.into(t, &s.mesh)
		case o.Kind == "MutatingWebhookConfiguration" && strings.HasPrefix(o.Metadata.Name, "istio-sidecar-injector"+suffix):
			var webhooks registrationv1.MutatingWebhookConfiguration
			o.into(t, &webhooks)
			s.webhooks = append(s.webhooks, webhooks.Webhooks...)
		}
	}
	return s
}

// newIstiod starts the injector of one revision as istiod's rendered chart describes it. ConfigMaps in the stream of the
// pods go before those of the chart; a base template that they abbreviate stands for the chart's. The further templates
// are those that somebody else is taken to have added; what they say does not matter.
func newIstiod(t *testing.T, chart, stream []object, revision string, further []string) *istiod {
	t.Helper()
	ours, theirs := settingsIn(t, chart, revision), settingsIn(t, stream, revision)
	require.NotNil(t, ours.injector, "the chart has no injector")
	config, err := inject.UnmarshalConfig([]byte(ours.injector.Data["config"]))
	require.NoError(t, err)
	if theirs.injector != nil {
		their, err := inject.UnmarshalConfig([]byte(theirs.injector.Data["config"]))
		require.NoError(t, err)
		for name, template := range config.RawTemplates {
			if text, ok := their.RawTemplates[name]; ok && isProxy(template) && !isProxy(text) {
				their.RawTemplates[name] = like(template, text)
			}
		}
		if their.Policy == "" {
			their.Policy = config.Policy
		}
		config = their
	} else {
		for _, name := range further {
			if _, ok := config.RawTemplates[name]; !ok {
				config.RawTemplates[name] = "metadata: {}"
			}
		}
	}
	config.Templates, err = inject.ParseTemplates(config.RawTemplates)
	require.NoError(t, err)
	meshConfig, err := mesh.ApplyMeshConfigDefaults(ours.mesh.Data["mesh"])
	require.NoError(t, err)
	if theirs.mesh != nil {
		meshConfig, err = mesh.ApplyMeshConfig(theirs.mesh.Data["mesh"], meshConfig)
		require.NoError(t, err)
	}

	store := model.NewFakeStore()
	env := &model.Environment{Watcher: meshwatcher.NewTestWatcher(meshConfig), ConfigStore: store}
	env.SetPushContext(&model.PushContext{ProxyConfigs: model.GetProxyConfigs(store, meshConfig)})
	mux := http.NewServeMux()
	_, err = inject.NewWebhook(inject.WebhookParameters{
		Watcher: constant{&config, ours.injector.Data["values"]}, Env: env, Mux: mux, Revision: revision,
		MultiCluster: multicluster.NewFakeController(), // whose nodes tell nothing: the tests say whether sidecars are native
	})
	require.NoError(t, err)
	return &istiod{templates: config.RawTemplates, config: &config, handler: mux, webhooks: ours.webhooks}
}

// isProxy says whether a template is one that brings Istio's own proxy.
func isProxy(template string) bool { return strings.Contains(template, "TRUST_DOMAIN") }

// like gives Istio's template the form of the workload socket that an abbreviation of it has: until 1.26 the template for
// gateways made it an emptyDir.
func like(template, abbreviated string) string {
	if strings.Contains(abbreviated, "emptyDir: {}") {
		return old(template)
	}
	return template
}

func old(template string) string {
	return strings.Replace(template, "- emptyDir:\n    name: "+socket, "- emptyDir: {}\n    name: "+socket, 1)
}

// constant is an injector's configuration that never changes.
type constant struct {
	config *inject.Config
	values string
}

func (c constant) Get() (*inject.Config, string, error)          { return c.config, c.values, nil }
func (c constant) SetHandler(func(*inject.Config, string) error) {}
func (c constant) Run(<-chan struct{})                           {}

// inject asks the injector about a pod as the API server does, and returns what becomes of it, or nil where the injector
// leaves it alone. The error is the reason for which the pod is refused.
func (i *istiod) inject(t *testing.T, pod *corev1.Pod, namespace string) (*corev1.Pod, error) {
	t.Helper()
	object, err := json.Marshal(pod)
	require.NoError(t, err)
	review, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{UID: "1", Namespace: namespace, Operation: admissionv1.Create,
			Object: runtime.RawExtension{Raw: object}},
	})
	require.NoError(t, err)
	request := httptest.NewRequest(http.MethodPost, "/inject", bytes.NewReader(review))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	i.handler.ServeHTTP(recorder, request)
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body)
	var answer admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
	if !answer.Response.Allowed {
		return nil, fmt.Errorf("refused: %s", answer.Response.Result.Message)
	}
	if answer.Response.Patch == nil {
		return nil, nil
	}
	patch, err := jsonpatch.DecodePatch(answer.Response.Patch)
	require.NoError(t, err)
	object, err = patch.Apply(object)
	require.NoError(t, err)
	injected := &corev1.Pod{}
	require.NoError(t, yaml.UnmarshalStrict(object, injected))
	return injected, nil
}

// Both are computed once: the chart for each revision, an injector for each configuration as well.
var (
	renderings memo[[]byte]
	injectors  memo[*istiod]
)

// installed is the injector of a revision: of Istio's own chart, patched by enmesh in the way of an enrollment. Where the
// objects have ConfigMaps of that revision, these count.
func installed(t *testing.T, spec config.MeshEnrollmentSpec, objects []object, revision string, further []string) *istiod {
	t.Helper()
	own := config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, TrustDomain: spec.TrustDomain,
		Preset: spec.Preset, Templates: spec.Templates, WorkloadSocket: spec.WorkloadSocket}}
	if slices.Contains(further, "spire") || slices.Contains(further, "spire-gw") { // which pods asked for of their own accord
		own.Spec.WorkloadSocket.Provider = config.TemplateSocket
	}
	install := func() *istiod {
		chart := renderings.get(revision, func() []byte { return renderChart(t, istiodChart, m{"revision": revision}) })
		_, patched := transform(t, own, chart)
		return newIstiod(t, decode(patched), objects, revision, further)
	}
	if theirs := settingsIn(t, objects, revision); theirs.injector != nil || theirs.mesh != nil {
		return install()
	}
	key, err := json.Marshal([]any{revision, own, further})
	require.NoError(t, err)
	return injectors.get(string(key), install)
}

// memo computes a value once for each key.
type memo[V any] struct {
	values sync.Map
}

func (m *memo[V]) get(key string, compute func() V) V {
	once, _ := m.values.LoadOrStore(key, sync.OnceValue(compute))
	return once.(func() V)()
}
