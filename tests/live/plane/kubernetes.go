package plane

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const adminToken = "admin-of-a-cluster-that-lives-for-one-test"

// startKubernetes starts etcd, the API server, the controller manager and the scheduler.
func (p *Plane) startKubernetes(t *testing.T) {
	t.Helper()
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Skip("etcd is not on the PATH (Debian's etcd-server)")
	}
	ports := freePorts(t, 5)
	client, peer := "http://"+local(ports[0]), "http://"+local(ports[1])
	p.start(t, etcd, nil, "--data-dir="+p.Dir+"/etcd", "--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer, "--unsafe-no-fsync")

	tokens := p.write(t, "tokens.csv", adminToken+",admin,admin,system:masters\n")
	key := p.writeKey(t, "service-accounts.pem")
	certificates := filepath.Join(p.Dir, "apiserver")
	p.apiPort = ports[2]
	const issuer = "https://kubernetes.default.svc.cluster.local"
	args := append([]string{"--etcd-servers=" + client, "--bind-address=127.0.0.1", fmt.Sprint("--secure-port=", p.apiPort), "--cert-dir=" + certificates,
		"--token-auth-file=" + tokens, "--authorization-mode=RBAC", "--allow-privileged=true", "--endpoint-reconciler-type=none",
		// nobody removes the taint of a node without a kubelet
		"--disable-admission-plugins=TaintNodesByCondition",
		"--service-account-issuer=" + issuer, "--api-audiences=" + issuer, "--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key, "--service-cluster-ip-range=10.0.0.0/24"}, p.options.APIServerArgs...)
	server := p.start(t, "kube-apiserver", nil, args...)
	ca := filepath.Join(certificates, "apiserver.crt")
	server.await(t, "the API server is ready", func() error {
		if _, err := os.Stat(ca); err != nil {
			return err
		}
		if p.Client == nil {
			if p.Client, err = newClient("https://"+local(p.apiPort), ca); err != nil {
				return err
			}
		}
		return p.Client.ready()
	})
	p.Kubeconfig = p.write(t, "kubeconfig", fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: live, cluster: {server: "https://%s", certificate-authority: %s}}]
users: [{name: admin, user: {token: %s}}]
contexts: [{name: live, context: {cluster: live, user: admin}}]
current-context: live
`, local(p.apiPort), ca, adminToken))

	p.start(t, "kube-controller-manager", nil, "--kubeconfig="+p.Kubeconfig, "--leader-elect=false", "--bind-address=127.0.0.1",
		fmt.Sprint("--secure-port=", ports[3]), "--cert-dir="+p.Dir+"/controller-manager", "--service-account-private-key-file="+key,
		"--root-ca-file="+ca, "--use-service-account-credentials=false",
		// these would find that the node does not answer
		"--controllers=*,-node-lifecycle-controller,-taint-eviction-controller,-node-ipam-controller,-cloud-node-lifecycle-controller")
	p.start(t, "kube-scheduler", nil, "--kubeconfig="+p.Kubeconfig, "--leader-elect=false", "--bind-address=127.0.0.1",
		fmt.Sprint("--secure-port=", ports[4]), "--cert-dir="+p.Dir+"/scheduler")
	p.createNode(t)
}

// NodeName is the name of the only node.
const NodeName = "node-1"

// createNode creates a node that claims to be ready. The version of its kubelet decides whether Istio injects native sidecars.
func (p *Plane) createNode(t *testing.T) {
	t.Helper()
	p.Client.Create(t, "/api/v1/nodes", object{"apiVersion": "v1", "kind": "Node", "metadata": object{"name": NodeName,
		"labels": object{"kubernetes.io/hostname": NodeName, "kubernetes.io/os": "linux"}}})
	room := object{"cpu": "1k", "memory": "1Ti", "pods": "5k", "ephemeral-storage": "1Ti"}
	require.NoError(t, p.Client.PatchStatus("/api/v1/nodes/"+NodeName, object{
		"capacity": room, "allocatable": room,
		"conditions": []any{object{"type": "Ready", "status": "True", "reason": "Stand-in", "message": "there is no kubelet",
			"lastHeartbeatTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"}},
		"nodeInfo": object{"machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6", "osImage": "none", "containerRuntimeVersion": "containerd://2",
			"kubeletVersion": p.options.KubeletVersion, "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64"},
		"addresses": []any{object{"type": "InternalIP", "address": "127.0.0.1"}},
	}))
}

func (p *Plane) writeKey(t *testing.T, name string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return p.write(t, name, string(pem.EncodeToMemory(block)))
}
