package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// apiServer stands in for a Kubernetes API server, as far as `helm install` needs one: it tells what kinds there are,
// holds no objects, takes each that is written, and remembers it.
type apiServer struct {
	*httptest.Server
	mutex    sync.Mutex
	written  []map[string]any
	releases int
}

func newAPIServer(t *testing.T) *apiServer {
	s := &apiServer{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// install gives Helm's arguments to install a chart on the server.
func (s *apiServer) install(chart string, flags ...string) []string {
	return append([]string{"install", "demo", "charts/" + chart, "--kube-apiserver", s.URL, "--disable-openapi-validation"}, flags...)
}

var discovery = map[string]any{
	"/version": map[string]any{"major": "1", "minor": "33", "gitVersion": "v1.33.0"},
	"/api":     map[string]any{"kind": "APIVersions", "versions": []string{"v1"}},
	"/apis": map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": []any{
		group("apps"), group("batch"),
	}},
	"/api/v1":        kinds("v1", "ConfigMap", "Pod", "Service", "ServiceAccount"),
	"/apis/apps/v1":  kinds("apps/v1", "Deployment", "StatefulSet"),
	"/apis/batch/v1": kinds("batch/v1", "CronJob", "Job"),
}

func group(name string) map[string]any {
	version := map[string]any{"groupVersion": name + "/v1", "version": "v1"}
	return map[string]any{"name": name, "versions": []any{version}, "preferredVersion": version}
}

func kinds(groupVersion string, names ...string) map[string]any {
	var resources []any
	for _, name := range names {
		resources = append(resources, map[string]any{
			"kind": name, "name": strings.ToLower(name) + "s", "namespaced": true,
			"verbs": []string{"create", "get", "list", "patch", "update"},
		})
	}
	return map[string]any{"kind": "APIResourceList", "groupVersion": groupVersion, "resources": resources}
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	answer, status := discovery[strings.TrimSuffix(r.URL.Path, "/")], http.StatusOK
	switch {
	case answer != nil:
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/secrets"):
		answer = map[string]any{"kind": "SecretList", "apiVersion": "v1", "items": []any{}}
	case r.Method == http.MethodGet:
		status = http.StatusNotFound
		answer = map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": status}
	default:
		body, _ := io.ReadAll(r.Body)
		if format := r.Header.Get("Content-Type"); format == "application/vnd.kubernetes.protobuf" {
			w.Header().Set("Content-Type", format)
			w.Write(body) // Helm's own record of the release.
			s.releases++
			return
		}
		var object map[string]any
		if err := yaml.Unmarshal(body, &object); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.written = append(s.written, object)
		answer = object
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer)
}

// requireEnrolled holds that the server was given the workloads of the chart app, and each enrolled.
func requireEnrolled(t *testing.T, written []map[string]any) {
	t.Helper()
	templates := map[string][]string{
		"Deployment":  {"spec", "template"},
		"StatefulSet": {"spec", "template"},
		"CronJob":     {"spec", "jobTemplate", "spec", "template"},
	}
	enrolled := 0
	for _, object := range written {
		kind, _ := object["kind"].(string)
		if path := templates[kind]; path != nil {
			metadata := dig(object, append(path, "metadata")...)
			require.Equal(t, "true", dig(metadata, "labels")["sidecar.istio.io/inject"], kind)
			require.Equal(t, "true", dig(metadata, "labels")["spire-managed-identity"], kind)
			require.Equal(t, "sidecar,spire", dig(metadata, "annotations")["inject.istio.io/templates"], kind)
			enrolled++
		}
	}
	require.Equal(t, len(templates), enrolled)
}

// dig follows a path of keys.
func dig(object map[string]any, path ...string) map[string]any {
	for _, key := range path {
		object, _ = object[key].(map[string]any)
	}
	return object
}
