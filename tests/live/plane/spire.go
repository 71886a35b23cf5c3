package plane

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/registrar"
)

const clusterName = "example"

type spireServer struct {
	port   int
	socket string
}

// startSPIREServer starts SPIRE's server, which attests nodes by the API server's tokens.
func (p *Plane) startSPIREServer(t *testing.T) {
	t.Helper()
	p.spire = spireServer{port: freePorts(t, 1)[0], socket: p.shortPath(t, "api.sock")}
	config := p.write(t, "spire-server.conf", fmt.Sprintf(`server {
  bind_address = "127.0.0.1"
  bind_port = "%d"
  socket_path = "%s"
  trust_domain = "%s"
  data_dir = "%s"
  ca_subject = { organization = ["SPIRE"], common_name = "%s" }
}
plugins {
  DataStore "sql" { plugin_data { database_type = "sqlite3" connection_string = "%s/datastore.sqlite3" } }
  KeyManager "memory" { plugin_data {} }
  NodeAttestor "k8s_psat" { plugin_data { clusters = { "%s" = { service_account_allow_list = ["spire-system:spire-agent"] kube_config_file = "%s" } } } }
}
`, p.spire.port, p.spire.socket, TrustDomain, p.Dir, SPIREAuthority, p.Dir, clusterName, p.Kubeconfig))
	server := p.start(t, "spire-server", nil, "run", "-config", config)
	server.await(t, "SPIRE's server is ready", func() error {
		_, err := p.spireServer("healthcheck")
		return err
	})
	crd, err := os.ReadFile("testdata/spire-crds.yaml")
	require.NoError(t, err)
	p.Client.ApplyAll(t, string(crd), "")
	p.Client.awaitKind(t, "spire.spiffe.io/v1alpha1", "ClusterSPIFFEID")
}

// SPIREAuthority is the common name of SPIRE's certificate authority.
const SPIREAuthority = "SPIRE's authority"

// spireServer runs a command of spire-server.
func (p *Plane) spireServer(args ...string) (string, error) {
	path, err := filepath.Abs("../../bin/spire-server")
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, append(args, "-socketPath", p.spire.socket)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("spire-server %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// EntryShow returns what `spire-server entry show` prints.
func (p *Plane) EntryShow(t *testing.T) string {
	t.Helper()
	text, err := p.spireServer("entry", "show")
	require.NoError(t, err)
	return text
}

// startSPIREAgent starts SPIRE's agent. It proves its node with a token that is bound to its pod, and asks the kubelet's stand-in about
// the processes that call it.
func (p *Plane) startSPIREAgent(t *testing.T) {
	t.Helper()
	const namespace = "spire-system"
	p.CreateNamespace(t, namespace, nil)
	p.Client.ApplyAll(t, `apiVersion: v1
kind: ServiceAccount
metadata: {name: spire-agent}
---
apiVersion: v1
kind: Pod
metadata: {name: spire-agent}
spec:
  serviceAccountName: spire-agent
  nodeName: node-1
  containers: [{name: spire-agent, image: none}]
`, namespace)
	var pod struct{ Metadata struct{ UID string } }
	require.NoError(t, p.Client.Get("/api/v1/namespaces/"+namespace+"/pods/spire-agent", &pod))
	token, err := p.Token(namespace, "spire-agent", "spire-agent", pod.Metadata.UID, "spire-server", 3600)
	require.NoError(t, err)

	pods := httptest.NewServer(kubelet.Pods(func() ([]byte, error) {
		var list any
		if err := p.Client.Get("/api/v1/pods?fieldSelector="+url.QueryEscape("spec.nodeName="+NodeName), &list); err != nil {
			return nil, err
		}
		return encode(list)
	}))
	t.Cleanup(pods.Close)
	address, err := url.Parse(pods.URL)
	require.NoError(t, err)

	bundle, err := p.spireServer("bundle", "show")
	require.NoError(t, err)
	p.AgentSockets = filepath.Dir(p.shortPath(t, "socket"))
	socket := filepath.Join(p.AgentSockets, p.options.Socket)
	config := p.write(t, "spire-agent.conf", fmt.Sprintf(`agent {
  data_dir = "%s"
  server_address = "127.0.0.1"
  server_port = "%d"
  socket_path = "%s"
  trust_bundle_path = "%s"
  trust_domain = "%s"
  experimental { sync_interval = "1s" }
  sds = { default_svid_name = "default" default_bundle_name = "null" default_all_bundles_name = "ROOTCA" }
}
plugins {
  KeyManager "memory" { plugin_data {} }
  NodeAttestor "k8s_psat" { plugin_data { cluster = "%s" token_path = "%s" } }
  WorkloadAttestor "k8s" { plugin_data { kubelet_read_only_port = %s disable_container_selectors = true node_name = "" } }
}
`, filepath.Dir(p.write(t, "agent/README", "")), p.spire.port, socket, p.write(t, "bundle.pem", bundle), TrustDomain,
		clusterName, p.write(t, "token", token), address.Port()))
	agent := p.start(t, "spire-agent", nil, "run", "-config", config)
	agent.await(t, "SPIRE's agent is ready", func() error {
		_, err := os.Stat(socket)
		return err
	})
}

// Token makes a token of a service account that is bound to a pod, as a kubelet does for a projected volume.
func (p *Plane) Token(namespace, serviceAccount, pod, uid, audience string, seconds int64) (string, error) {
	spec := object{"boundObjectRef": object{"apiVersion": "v1", "kind": "Pod", "name": pod, "uid": uid}, "expirationSeconds": max(600, seconds)}
	if audience != "" {
		spec["audiences"] = []string{audience}
	}
	var answer struct{ Status struct{ Token string } }
	err := p.Client.Post("/api/v1/namespaces/"+namespace+"/serviceaccounts/"+serviceAccount+"/token",
		object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}, &answer)
	return answer.Status.Token, err
}

// controllerManagerConfig is what decides about pods in the configuration of what registers them.
var controllerManagerConfig = fmt.Sprintf(`apiVersion: spire.spiffe.io/v1alpha1
kind: ControllerManagerConfig
clusterName: %[1]s
clusterDomain: cluster.local
trustDomain: %[2]s
entryIDPrefix: %[1]s
watchClassless: true
ignoreNamespaces: ["%[3]s"]
`, clusterName, TrustDomain, strings.Join(ignoredNamespaces, `", "`))

// ControllerManagerConfig is that configuration as a ConfigMap holds it in a cluster.
func ControllerManagerConfig() map[string]any {
	return object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": "spire-controller-manager", "namespace": "spire-system"},
		"data": object{"controller-manager-config.yaml": controllerManagerConfig}}
}

// startRegistrar starts what registers pods with SPIRE: spire-controller-manager if SPIRE_CONTROLLER_MANAGER names it, or else its
// stand-in.
func (p *Plane) startRegistrar(t *testing.T) {
	t.Helper()
	if path := os.Getenv("SPIRE_CONTROLLER_MANAGER"); path != "" {
		ports := freePorts(t, 2)
		config := p.write(t, "controller-manager.yaml", controllerManagerConfig+fmt.Sprintf(`metrics: {bindAddress: "%s"}
health: {healthProbeBindAddress: "%s"}
leaderElection: {leaderElect: false}
spireServerSocketPath: %s
gcInterval: %d
`, local(ports[0]), local(ports[1]), p.spire.socket, time.Second))
		p.start(t, path, []string{"ENABLE_WEBHOOKS=false", "KUBECONFIG=" + p.Kubeconfig}, "-config", config)
		return
	}
	config := registrar.Config{TrustDomain: TrustDomain, ClusterName: clusterName, ClusterDomain: "cluster.local", EntryIDPrefix: clusterName,
		WatchClassless: true, Socket: p.spire.socket, Get: p.Client.Get}
	for _, pattern := range ignoredNamespaces {
		config.IgnoreNamespaces = append(config.IgnoreNamespaces, regexp.MustCompile(pattern))
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		registrar.Run(ctx, config, t.Logf)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// CreateNamespace creates a namespace and its ServiceAccount "default" with it.
func (p *Plane) CreateNamespace(t *testing.T, name string, labels map[string]any) {
	t.Helper()
	p.Client.Create(t, "/api/v1/namespaces", object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": name, "labels": labels}})
	Await(t, "the controller manager makes the ServiceAccount default", time.Minute, func() error {
		return p.Client.Get("/api/v1/namespaces/"+name+"/serviceaccounts/default", nil)
	})
}

// awaitKind waits until the API server serves a kind.
func (c *Client) awaitKind(t *testing.T, groupVersion, kind string) {
	t.Helper()
	Await(t, "the API server serves "+kind, time.Minute, func() error {
		r, err := c.resource(groupVersion, kind)
		if err != nil {
			return err
		}
		return c.Get("/apis/"+groupVersion+"/"+r.Name, nil)
	})
}

// shortPath returns a path for a Unix socket: those may not be long, and the folder of a test is.
func (p *Plane) shortPath(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "live")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, name)
}
