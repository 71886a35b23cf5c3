package tests

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What enmesh makes is installed for real and read back from a real API server. `make test-cluster` builds the server.

func TestCluster(t *testing.T) {
	c := newCluster(t)
	kubectl := tool(t, "kubectl")
	c.run(t, exec.Command(kubectl, "apply", "-f", "testdata/cluster/crds.yaml"))
	c.run(t, exec.Command(kubectl, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"))

	t.Run("helm 3", func(t *testing.T) {
		namespace := c.namespace(t, "helm3")
		env := helmEnv(t)
		helm := func(args ...string) {
			cmd := exec.Command(tool(t, "helm3"), append(args, "--namespace", namespace)...)
			cmd.Env = env
			c.run(t, cmd)
		}
		flags := postRenderer3("--all", "--peer-authentication=STRICT")
		helm(append([]string{"install", "demo", "charts/app"}, flags...)...)
		c.requireApp(t, namespace)
		before := c.generation(t, namespace)
		helm(append([]string{"upgrade", "demo", "charts/app"}, flags...)...)
		require.Equal(t, before, c.generation(t, namespace), "an upgrade without a change changed the Deployment")
	})
	t.Run("helm 4", func(t *testing.T) {
		namespace := c.namespace(t, "helm4")
		h := newHelm4(t)
		c.run(t, h.command(append([]string{"install", "demo", "charts/app", "--namespace", namespace},
			postRenderer4("--all", "--peer-authentication=STRICT")...)...))
		c.requireApp(t, namespace)
	})
	t.Run("helm 4, the pod brings the socket", func(t *testing.T) {
		namespace := c.namespace(t, "socket")
		h := newHelm4(t)
		c.run(t, h.command(append([]string{"install", "demo", "charts/app", "--namespace", namespace},
			postRenderer4("--all", "--workload-socket=Pod", "--workload-socket-file=spire-agent.sock")...)...))
		template := dig(c.get(t, "/apis/apps/v1/namespaces/"+namespace+"/deployments/demo-web"), "spec", "template")
		volumes := dig(template, "spec")["volumes"].([]any)
		require.Contains(t, volumes, map[string]any{"name": "workload-socket", "csi": map[string]any{"driver": "csi.spiffe.io", "readOnly": true}})
		require.Contains(t, dig(template, "metadata", "annotations")["proxy.istio.io/config"], "WORKLOAD_IDENTITY_SOCKET_FILE: spire-agent.sock")
	})
	t.Run("kustomize", func(t *testing.T) {
		namespace := c.namespace(t, "kustomize")
		dir := kustomization(t, "exec: {path: "+enmeshFn+"}", "{all: true, peerAuthentication: STRICT}")
		built := output(t, exec.Command(tool(t, "kustomize"), "build", "--enable-alpha-plugins", "--enable-exec", dir))
		c.apply(t, namespace, built)
		c.requireSeed(t, namespace)
	})
	t.Run("kpt", func(t *testing.T) {
		namespace := c.namespace(t, "kpt")
		dir := pkg(t, "pipeline:\n  mutators:\n  - exec: "+enmeshFn+"\n    configMap:\n      all: \"true\"\n      peerAuthentication: STRICT\n")
		require.Zero(t, kpt(t, dir, "fn", "render", ".", "--allow-exec").status)
		c.run(t, exec.Command(kubectl, "apply", "--namespace", namespace, "-f", dir+"/app.yaml", "-f", dir+"/peerauthentication_myapi.yaml"))
		c.requireSeed(t, namespace)
	})
	t.Run("command line", func(t *testing.T) {
		namespace := c.namespace(t, "line")
		c.apply(t, namespace, output(t, exec.Command(enmesh, "--all", "--peer-authentication=STRICT", "testdata/seed/deployment.yaml")))
		c.requireSeed(t, namespace)
	})
	t.Run("ClusterSPIFFEID", func(t *testing.T) {
		config := filepath.Join(t.TempDir(), "enmesh.yaml")
		require.NoError(t, os.WriteFile(config, []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"+
			"spec: {all: true, clusterSPIFFEID: {className: spire-server-spire}}\n"), 0o644))
		c.apply(t, c.namespace(t, "registration"), output(t, exec.Command(enmesh, "--config", config, "testdata/seed/deployment.yaml")))
		spec := dig(c.get(t, "/apis/spire.spiffe.io/v1alpha1/clusterspiffeids/enmesh"), "spec")
		require.Equal(t, "spire-server-spire", spec["className"])
		require.Equal(t, "true", dig(spec, "podSelector", "matchLabels")["spire-managed-identity"])
	})
	t.Run("corpus", func(t *testing.T) { c.requireCorpus(t) })
}

func (c *cluster) namespace(t *testing.T, name string) string {
	t.Helper()
	status, object, err := c.request(http.MethodPost, "/api/v1/namespaces", []byte("apiVersion: v1\nkind: Namespace\nmetadata: {name: "+name+"}\n"))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status, object["message"])
	return name
}

func (c *cluster) apply(t *testing.T, namespace, manifests string) {
	t.Helper()
	cmd := exec.Command(tool(t, "kubectl"), "apply", "--namespace", namespace, "-f", "-")
	cmd.Stdin = strings.NewReader(manifests)
	c.run(t, cmd)
}

// requireApp holds that the chart app's workloads are stored as enrolled, with a PeerAuthentication each.
func (c *cluster) requireApp(t *testing.T, namespace string) {
	t.Helper()
	apps, batch := "/apis/apps/v1/namespaces/"+namespace, "/apis/batch/v1/namespaces/"+namespace
	deployment := c.get(t, apps+"/deployments/demo-web")
	requireEnrolled(t, []map[string]any{withKind(deployment, "Deployment"), withKind(c.get(t, apps+"/statefulsets/demo-db"), "StatefulSet"),
		withKind(c.get(t, batch+"/cronjobs/demo-report"), "CronJob")})
	policy := dig(c.get(t, "/apis/security.istio.io/v1/namespaces/"+namespace+"/peerauthentications/demo-web"), "spec")
	require.Equal(t, dig(deployment, "spec", "selector", "matchLabels"), dig(policy, "selector", "matchLabels"))
	require.Equal(t, "STRICT", dig(policy, "mtls")["mode"])
}

func withKind(object map[string]any, kind string) map[string]any {
	object["kind"] = kind
	return object
}

func (c *cluster) generation(t *testing.T, namespace string) any {
	t.Helper()
	return dig(c.get(t, "/apis/apps/v1/namespaces/"+namespace+"/deployments/demo-web"), "metadata")["generation"]
}

// requireSeed holds that the guide's Deployment is stored as the guide has it, with its PeerAuthentication.
func (c *cluster) requireSeed(t *testing.T, namespace string) {
	t.Helper()
	metadata := dig(c.get(t, "/apis/apps/v1/namespaces/"+namespace+"/deployments/myapi"), "spec", "template", "metadata")
	want := seedPod(t, read(t, "testdata/seed/enrolled.yaml"))
	require.Equal(t, want["labels"], metadata["labels"])
	require.Equal(t, want["annotations"], metadata["annotations"])
	policy := dig(c.get(t, "/apis/security.istio.io/v1/namespaces/"+namespace+"/peerauthentications/myapi"), "spec")
	require.Equal(t, map[string]any{"app": "myapi"}, dig(policy, "selector", "matchLabels"))
}

// requireCorpus holds that the API server takes what enmesh makes of real workloads wherever it takes the original.
func (c *cluster) requireCorpus(t *testing.T) {
	charts, err := filepath.Glob(filepath.Join(root, "../shared/corpus/*.yaml"))
	require.NoError(t, err)
	if len(charts) == 0 {
		t.Skip("no corpus of rendered charts beside the repository")
	}
	c.namespace(t, "demo")
	taken := 0
	for _, chart := range charts {
		for document := range bytes.SplitSeq([]byte(read(t, chart)), []byte("\n---")) {
			path := collection(document)
			if path == "" || !c.takes(t, path, document) {
				continue
			}
			for _, provider := range []string{"Template", "Pod"} {
				cmd := exec.Command(enmesh, "-q", "--all", "--hooks=Enroll", "--workload-socket="+provider, "--workload-socket-file=spire-agent.sock")
				cmd.Stdin = bytes.NewReader(document)
				require.True(t, c.takes(t, path, []byte(output(t, cmd))), "%s: refused once enrolled:\n%s", chart, document)
			}
			taken++
		}
	}
	require.Greater(t, taken, 50)
}

// collection is where a workload is created, or "".
func collection(document []byte) string {
	var object struct{ APIVersion, Kind string }
	if yaml.Unmarshal(document, &object) != nil {
		return ""
	}
	switch object.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob":
		return "/apis/" + object.APIVersion + "/namespaces/demo/" + strings.ToLower(object.Kind) + "s"
	case "Pod":
		return "/api/v1/namespaces/demo/pods"
	}
	return ""
}

// takes says whether the API server would create an object.
func (c *cluster) takes(t *testing.T, path string, document []byte) bool {
	t.Helper()
	status, _, err := c.request(http.MethodPost, path+"?dryRun=All&fieldValidation=Strict", document)
	require.NoError(t, err)
	return status == http.StatusCreated
}
