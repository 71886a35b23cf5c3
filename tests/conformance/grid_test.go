package conformance

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/istio/pkg/kube/inject"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
)

// grid gathers pods that are made by a test, with a few words on each.
type grid struct {
	stream bytes.Buffer
	words  []string
}

type m = map[string]any

func (g *grid) add(t *testing.T, o m) {
	text, err := yaml.Marshal(o)
	require.NoError(t, err)
	fmt.Fprintf(&g.stream, "---\n%s", text)
}

func (g *grid) addPod(t *testing.T, words string, metadata, spec m) {
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = m{}
	}
	metadata["name"] = fmt.Sprintf("p%d", len(g.words))
	g.words = append(g.words, words)
	g.add(t, m{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
}

// requireAgreement holds the verdicts on all pods of the grid, and tells the differences by their kinds.
func (g *grid) requireAgreement(t *testing.T, spec config.MeshEnrollmentSpec) {
	t.Helper()
	if spec.Namespace == "" {
		spec.Namespace = "demo"
	}
	c, pods := input{text: g.stream.Bytes(), enrollment: config.MeshEnrollment{Spec: spec}}.create(t)
	require.Len(t, pods, len(g.words))
	differences := map[string][]string{}
	for i, s := range pods {
		if d := c.difference(t, spec, s); d != "" {
			kind := particulars.ReplaceAllString(d, "…")
			differences[kind] = append(differences[kind], g.words[i])
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(differences)) {
		t.Errorf("%s\n\t%s", kind, strings.Join(differences[kind], "\n\t"))
	}
}

// particulars tell differences of one kind apart: values, and the templates there are, in any order.
var particulars = regexp.MustCompile(`; have .*|"[^"]*"|'[^']*'`)

var (
	injected = m{"sidecar.istio.io/inject": "true"}
	app      = m{"name": "app", "image": "app:v1"}
	auto     = m{"name": proxy, "image": "auto"}
)

// TestAnnotations holds enmesh to the values that the injector takes for each annotation that it checks.
func TestAnnotations(t *testing.T) {
	values := []string{"", "0", "1", "-1", "x", "80", "80,90", "80, 90", "80,", "65535", "65536", "*", "10.0.0.0/8", "10.0.0.0/8,x",
		"10.0.0.0/8, 10.1.0.0/16", "true", "false", "True", "t", "yes", "REDIRECT", "TPROXY", "NONE", "redirect", "100m", "1Gi", "1.5",
		"1 Gi", "eth0", "eth0,eth1", "eth 0", "eth0,", "an-interface-of-a-long-name"}
	configs := []string{"", "{}", "~", "[]", "x: [", "text", "concurrency: 2", "concurrency: -1", "concurrency: two", "unknown: 2",
		"proxyMetadata: {A: b}", "proxyMetadata: {A: 1}", "proxyMetadata: {A: true}", "proxyMetadata: {A: null}", "proxyMetadata: []", "interceptionMode: TPROXY",
		"interceptionMode: tproxy", "drainDuration: 5", "drainDuration: 5s", "holdApplicationUntilProxyStarts: true",
		"holdApplicationUntilProxyStarts: yes", "statusPort: 15021", "statusPort: 99999", "image: {imageType: distroless}", "discoveryAddress: istiod"}
	var g grid
	for _, name := range slices.Sorted(maps.Keys(inject.AnnotationValidation)) {
		values := values
		if name == "proxy.istio.io/config" {
			values = configs
		}
		for _, value := range values {
			g.addPod(t, fmt.Sprintf("%s: %q", name, value), m{"labels": injected, "annotations": m{name: value}}, m{"containers": []m{app}})
		}
	}
	g.requireAgreement(t, config.MeshEnrollmentSpec{Mode: config.Check})
}

// TestPrometheus holds enmesh to the ports that the injector merges into the proxy's own.
func TestPrometheus(t *testing.T) {
	var g grid
	for _, name := range []string{"prometheus.io/port", "prometheus-io/port"} {
		for _, port := range []string{"", "0", "80", " 80", "+80", "-1", "65535", "65536", "http", "15000", "15020", "15021", "15090"} {
			for _, more := range []m{{}, {"prometheus.io/scrape": "true"}, {"prometheus.io/scrape": "t"}, {"prometheus.io/scrape": "false"}, {"prometheus.io/scrape": "f"},
				{"prometheus.io/scrape": "maybe"}, {"prometheus.istio.io/merge-metrics": "false"}, {"prometheus.istio.io/merge-metrics": "f"}} {
				annotations := maps.Clone(more)
				annotations[name] = port
				g.addPod(t, fmt.Sprintf("%s: %q, %v", name, port, more), m{"labels": injected, "annotations": annotations}, m{"containers": []m{app}})
			}
		}
	}
	g.requireAgreement(t, config.MeshEnrollmentSpec{Mode: config.Check})
}

// TestFurtherAnnotations holds enmesh to annotations that Istio's templates copy, of which some bring the socket along.
func TestFurtherAnnotations(t *testing.T) {
	var g grid
	for _, annotations := range []m{
		{"sidecar.istio.io/userVolume": `{"workload-socket": {"csi": {"driver": "csi.spiffe.io", "readOnly": true}}}`},
		{"sidecar.istio.io/userVolume": `{"workload-socket": {"hostPath": {"path": "/run/spire"}}}`},
		{"sidecar.istio.io/userVolume": `{"other": {"emptyDir": {}}}`, "sidecar.istio.io/userVolumeMount": `{"other": {"mountPath": "/other"}}`},
		{"sidecar.istio.io/userVolume": `not JSON`},
		{"sidecar.istio.io/userVolumeMount": `not JSON`},
		{"sidecar.istio.io/bootstrapOverride": "own"},
		{"sidecar.istio.io/proxyImage": "proxy:v1"},
		{"sidecar.istio.io/logLevel": "debug"},
		{"sidecar.istio.io/nativeSidecar": "yes"},
		{"sidecar.istio.io/nativeSidecar": "false"},
		{"sidecar.istio.io/rewriteAppHTTPProbers": "maybe"},
		{"sidecar.istio.io/status": `{"containers": ["app"]}`},
		{"prometheus.istio.io/scrape-targets": "8080:/metrics"},
		{"prometheus.istio.io/scrape-targets": "15090"},
		{"prometheus.istio.io/scrape-targets": "http"},
		{"inject.istio.io/templates": "kube-gateway"},
		{"inject.istio.io/templates": "sidecar,waypoint"},
	} {
		g.addPod(t, fmt.Sprint(annotations), m{"labels": injected, "annotations": annotations}, m{"containers": []m{app}})
	}
	eachSidecar(t, func(t *testing.T) {
		for _, provider := range providers {
			t.Run(string(provider), func(t *testing.T) {
				g.requireAgreement(t, config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{Provider: provider}})
			})
		}
	})
}

// TestProxyConfig holds that the name of the socket reaches the proxy, whatever the annotation says already; or that
// enmesh refuses to touch it.
func TestProxyConfig(t *testing.T) {
	for _, text := range []string{"", "{}", "~", "concurrency: 2", "# none\n", "proxyMetadata: {}", "proxyMetadata: {A: b}", "proxyMetadata:\n  A: b\n", "proxyMetadata: ~",
		"proxyMetadata: {A: 1}", "proxyMetadata: {A: null}", "proxyMetadata: []", `{"concurrency": 2}`, `{"proxyMetadata": {"A": "b"}}`, "unknown: 2", "interceptionMode: tproxy",
		"---\nconcurrency: 2\n", "proxyMetadata: {WORKLOAD_IDENTITY_SOCKET_FILE: other.sock}", "proxyMetadata: {WORKLOAD_IDENTITY_SOCKET_FILE: ''}",
		"environmentVariables: {A: b}"} {
		t.Run(text, func(t *testing.T) {
			var g grid
			g.addPod(t, fmt.Sprintf("proxy.istio.io/config: %q", text), m{"labels": injected, "annotations": m{"proxy.istio.io/config": text}}, m{"containers": []m{app}})
			spec := config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{File: "spire-agent.sock"}}
			transformer, err := fn.New(config.MeshEnrollment{Spec: spec})
			require.NoError(t, err)
			if _, err := transformer.Transform(stream.Stream{Bytes: g.stream.Bytes()}); err != nil {
				t.Skip("refused: ", err)
			}
			g.requireAgreement(t, spec)
		})
	}
}

// TestTemplates holds enmesh to what the injector makes of the templates, the volume and the proxy that a pod brings.
func TestTemplates(t *testing.T) {
	bases, additions := []string{"sidecar", "gateway", "grpc-agent"}, []string{"spire", "spire-gw", ""}
	templates := []string{"-", "grpc-simple", "grpc-simple,spire", "sidecar,gateway", "gateway,sidecar", "sidecar,gateway,spire-gw",
		"gateway,sidecar,spire", "spire,spire-gw"}
	for _, base := range bases {
		templates = append(templates, base)
		for _, addition := range additions {
			templates = append(templates, base+","+addition, addition+","+base)
		}
	}
	templates = append(templates, additions...)
	shapes := map[string]m{
		"app":                   {"containers": []m{app}},
		"app and proxy":         {"containers": []m{app, auto}},
		"proxy":                 {"containers": []m{auto}},
		"proxy of its own make": {"containers": []m{{"name": proxy, "image": "proxy:v1"}}},
	}
	volumes := map[string]m{
		"no volume":     nil,
		"emptyDir":      {"emptyDir": m{}},
		"csi":           {"csi": m{"driver": driver, "readOnly": true}},
		"csi and null":  {"csi": m{"driver": driver, "readOnly": true}, "emptyDir": nil},
		"csi, writable": {"csi": m{"driver": driver}},
		"hostPath":      {"hostPath": m{"path": "/run/spire"}},
	}
	var g grid
	for _, template := range templates {
		for _, shape := range slices.Sorted(maps.Keys(shapes)) {
			for _, volume := range slices.Sorted(maps.Keys(volumes)) {
				metadata, spec := m{"labels": injected}, maps.Clone(shapes[shape])
				if template != "-" {
					metadata["annotations"] = m{"inject.istio.io/templates": template}
				}
				if source := volumes[volume]; source != nil {
					source = maps.Clone(source)
					source["name"] = socket
					spec["volumes"] = []m{source}
				}
				g.addPod(t, fmt.Sprintf("templates %q, %s, %s", template, shape, volume), metadata, spec)
			}
		}
	}
	eachSidecar(t, func(t *testing.T) {
		for _, provider := range providers {
			for _, mode := range modes {
				t.Run(fmt.Sprintf("%s/%s", provider, mode), func(t *testing.T) {
					t.Parallel()
					g.requireAgreement(t, config.MeshEnrollmentSpec{Mode: mode, WorkloadSocket: config.WorkloadSocket{Provider: provider}})
				})
			}
		}
	})
}

// TestOwnProxy holds enmesh to what a pod's own istio-proxy overrides.
func TestOwnProxy(t *testing.T) {
	mount := func(name, path string) m { return m{"volumeMounts": []m{{"name": name, "mountPath": path}}} }
	overrides := map[string]m{
		"nothing":                           {},
		"resources":                         {"resources": m{"requests": m{"cpu": "1"}}},
		"the mount":                         mount(socket, socketMount),
		"the mount, read-only":              {"volumeMounts": []m{{"name": socket, "mountPath": socketMount, "readOnly": true}}},
		"the mount, in /run":                mount(socket, "/run/secrets/workload-spiffe-uds"),
		"the mount, with a slash":           mount(socket, socketMount+"/"),
		"another volume in the mount":       mount("other", socketMount),
		"another volume in the mount, /run": mount("other", "/run/secrets/workload-spiffe-uds"),
		"the socket's file":                 {"env": []m{{"name": socketFile, "value": "spire-agent.sock"}}},
		"another socket's file":             {"env": []m{{"name": socketFile, "value": "socket"}}},
	}
	var g grid
	for _, what := range slices.Sorted(maps.Keys(overrides)) {
		for _, gateway := range []bool{false, true} {
			container := maps.Clone(overrides[what])
			maps.Copy(container, auto)
			containers := []m{app, container}
			if gateway {
				containers = []m{container}
			}
			g.addPod(t, fmt.Sprintf("%s, gateway %v", what, gateway), m{"labels": injected},
				m{"containers": containers, "volumes": []m{{"name": "other", "emptyDir": m{}}}})
		}
	}
	eachSidecar(t, func(t *testing.T) {
		for _, provider := range providers {
			for _, file := range []string{"", "spire-agent.sock"} {
				t.Run(string(provider)+"/"+file, func(t *testing.T) {
					g.requireAgreement(t, config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{Provider: provider, File: file}})
				})
			}
		}
	})
}

// set makes a map of names and values, without those whose value is a dash.
func set(pairs ...string) m {
	made := m{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "-" {
			made[pairs[i]] = pairs[i+1]
		}
	}
	return made
}
