package live

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"enmesh.dev/enmesh/tests/live/plane"
)

// testCluster runs the commands of the page about checks that collect what is in the cluster: enmesh then assumes nothing.
func testCluster(t *testing.T, p *plane.Plane) {
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("no kubectl")
	}
	p.CreateNamespace(t, "collected", nil)
	registerShapes(t, p)
	p.Client.ApplyAll(t, `apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: csi.spiffe.io}
spec: {attachRequired: false, podInfoOnMount: true, fsGroupPolicy: None, volumeLifecycleModes: [Ephemeral]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: spire-agent, namespace: spire-system}
data:
  agent.conf: '{"agent": {"socket_path": "/tmp/spire-agent/public/socket"}}'
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: collected}
`, "")
	require.NoError(t, p.Client.Apply(plane.ControllerManagerConfig(), "spire-system"))

	page, err := os.ReadFile("../../fn/report/REPORT.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```console\n(\\$ mkdir cluster\n.*?)```").FindStringSubmatch(string(page))
	require.NotNil(t, block)
	dir := t.TempDir()
	enmesh := plane.Tool(t, "enmesh")
	env := append(os.Environ(), "KUBECONFIG="+p.Kubeconfig, "PATH="+filepath.Dir(enmesh)+":"+os.Getenv("PATH"))
	run := func(script string) string {
		cmd := exec.Command("sh", "-euc", script)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	pod := `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: collected}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: web, image: web}]
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "web.yaml"), []byte(pod), 0o644))
	run("mkdir manifests; enmesh --all -o manifests/web.yaml web.yaml")
	said := run(strings.ReplaceAll(block[1], "$ ", ""))
	require.Contains(t, said, "already enrolled as a sidecar: spiffe://"+plane.TrustDomain+"/ns/collected/sa/web")
	require.NotContains(t, said, "assumes")
}

// testCallers applies a webhook that is enrolled with STRICT: the API server and istiod take its PeerAuthentication, with the port that stays
// open.
func testCallers(t *testing.T, p *plane.Plane) {
	text, err := os.ReadFile("../../postrender/testdata/script/callers.txtar")
	require.NoError(t, err)
	p.CreateNamespace(t, "called", nil)
	for _, part := range txtar.Parse(text).Files {
		for _, o := range plane.Objects(t, string(part.Data)) {
			if part.Name == "want.yaml" && o["kind"] == "PeerAuthentication" {
				require.NoError(t, p.Client.Apply(o, "called"))
			}
		}
	}
	var policy struct {
		Spec struct {
			PortLevelMtls map[string]struct{ Mode string }
		}
	}
	require.NoError(t, p.Client.Get("/apis/security.istio.io/v1/namespaces/called/peerauthentications/hook", &policy))
	require.Equal(t, "PERMISSIVE", policy.Spec.PortLevelMtls["9443"].Mode)
}
