package tests

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cluster is a real API server with its etcd, on loopback and without nodes: it validates and stores, and runs nothing.
type cluster struct {
	url        string
	kubeconfig string
	client     *http.Client
}

const clusterToken = "admin-of-a-cluster-that-lives-for-one-test"

// newCluster starts both programs, and stops them with the test. It skips the test where one is missing. The flags are the API server's.
func newCluster(t *testing.T, flags ...string) *cluster {
	apiserver := tool(t, "kube-apiserver")
	etcd, err := exec.LookPath("etcd")
	if err != nil {
		t.Skip("etcd is not on the PATH (Debian's etcd-server)")
	}
	dir := t.TempDir()
	client, peer := "http://"+freeAddress(t), "http://"+freeAddress(t)
	start(t, dir, etcd, "--data-dir="+dir+"/etcd", "--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer, "--unsafe-no-fsync")

	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(dir+"/tokens.csv", []byte(clusterToken+",admin,admin,system:masters\n"), 0o600))
	writeKey(t, dir+"/key.pem")
	start(t, dir, apiserver, append(flags, "--etcd-servers="+client, "--bind-address=127.0.0.1", "--secure-port="+port, "--cert-dir="+dir+"/certs",
		"--token-auth-file="+dir+"/tokens.csv", "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
		"--service-account-issuer=https://"+address, "--service-account-key-file="+dir+"/key.pem",
		"--service-account-signing-key-file="+dir+"/key.pem", "--service-cluster-ip-range=10.0.0.0/24")...)

	c := &cluster{url: "https://" + address, kubeconfig: dir + "/kubeconfig", client: &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}} // made up for this test
	require.NoError(t, os.WriteFile(c.kubeconfig, fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: %s, insecure-skip-tls-verify: true}}]
users: [{name: test, user: {token: %s}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
current-context: test
`, c.url, clusterToken), 0o600))
	require.Eventually(t, func() bool {
		status, _, err := c.request(http.MethodGet, "/readyz", nil)
		return err == nil && status == http.StatusOK
	}, time.Minute, 100*time.Millisecond, "the API server does not get ready")
	return c
}

// start runs a program until the test ends. What it says is shown where the test fails.
func start(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, filepath.Base(program)+".log"))
	require.NoError(t, err)
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s: %s", program, text[max(0, len(text)-2000):])
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func writeKey(t *testing.T, file string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
}

// request calls the API with a body of YAML or none.
func (c *cluster) request(method, path string, body []byte) (int, map[string]any, error) {
	request, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+clusterToken)
	request.Header.Set("Content-Type", "application/yaml")
	request.Header.Set("Accept", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	var object map[string]any
	_ = json.Unmarshal(text, &object) // /readyz answers in plain text
	return response.StatusCode, object, nil
}

// get reads a stored object.
func (c *cluster) get(t *testing.T, path string) map[string]any {
	t.Helper()
	status, object, err := c.request(http.MethodGet, path, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "%s: %v", path, object["message"])
	return object
}

// run runs a program against the cluster; it must succeed.
func (c *cluster) run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "KUBECONFIG="+c.kubeconfig)
	return output(t, cmd)
}
