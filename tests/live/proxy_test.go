package live

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/envoy"
	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

// identity is what a proxy got.
type identity struct {
	spiffeID    string
	authority   string // common name of the issuer
	certificate tls.Certificate
	roots       *x509.CertPool
}

// node is the stand-in for the only node.
func node(t *testing.T, p *plane.Plane) *kubelet.Node {
	t.Helper()
	return &kubelet.Node{Root: t.TempDir(), PilotAgent: plane.Tool(t, "pilot-agent"),
		Bootstrap: filepath.Join(plane.IstioModule(t), "tools/packaging/common/envoy_bootstrap.json"), CSI: p.AgentSockets,
		Token: func(pod *corev1.Pod, audience string, seconds int64) (string, error) {
			return p.Token(pod.Namespace, pod.Spec.ServiceAccountName, pod.Name, string(pod.UID), audience, seconds)
		},
		ConfigMap: func(namespace, name string) (map[string]string, error) {
			var c corev1.ConfigMap
			err := p.Client.Get("/api/v1/namespaces/"+namespace+"/configmaps/"+name, &c)
			return c.Data, err
		},
	}
}

// errWaits says that a proxy runs and gets no certificate.
var errWaits = errors.New("no certificate in time")

// requireIdentity holds what enmesh said of a pod with the verdict SPIRE: SPIRE has its entries, and its proxy gets its identity from SPIRE. It
// skips the rest of the test where pods cannot run.
func requireIdentity(t *testing.T, p *plane.Plane, n *kubelet.Node, pod corev1.Pod, said outcome.Pod) {
	t.Helper()
	requireEntries(t, p, pod, said)
	got, err := runProxy(n, &pod)
	if errors.Is(err, kubelet.ErrNotPossible) {
		t.Skip(err)
	}
	require.NoError(t, err, pod.Name)
	require.Equal(t, plane.SPIREAuthority, got.authority, pod.Name)
	require.Equal(t, said.SPIFFEID, got.spiffeID, pod.Name)
}

// runProxy runs the proxy of a pod until it has a certificate, or has failed to get one. The error is kubelet.ErrNotPossible where pods
// cannot run. Several may run at once.
func runProxy(n *kubelet.Node, pod *corev1.Pod) (identity, error) {
	log, err := os.Create(filepath.Join(n.Root, pod.Name+".log"))
	if err != nil {
		return identity{}, err
	}
	defer log.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx, pod, log) }()
	defer func() {
		cancel()
		<-ended
	}()
	file := filepath.Join(n.Root, string(pod.UID), envoy.FileName)
	for deadline := time.Now().Add(45 * time.Second); ; {
		select {
		case err := <-ended:
			ended <- nil
			return identity{}, fmt.Errorf("%w\n%s", err, tail(log.Name()))
		case <-time.After(50 * time.Millisecond):
		}
		if text, err := os.ReadFile(file); err == nil {
			var secrets envoy.Secrets
			if err := json.Unmarshal(text, &secrets); err != nil {
				return identity{}, err
			}
			if secrets.Error != "" {
				return identity{}, fmt.Errorf("%w: %s\n%s", errWaits, secrets.Error, tail(log.Name()))
			}
			return newIdentity(secrets)
		}
		if time.Now().After(deadline) {
			return identity{}, fmt.Errorf("%w\n%s", errWaits, tail(log.Name()))
		}
	}
}

// flags are what pilot-agent says of its arguments, which is long.
var flags = regexp.MustCompile(`(?m)^.*FLAG:.*\n`)

func tail(file string) string {
	text, _ := os.ReadFile(file)
	text = flags.ReplaceAll(text, nil)
	return string(text[max(0, len(text)-1500):])
}

func newIdentity(secrets envoy.Secrets) (identity, error) {
	certificate, err := tls.X509KeyPair([]byte(secrets.Certificates), []byte(secrets.Key))
	if err != nil {
		return identity{}, err
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		return identity{}, err
	}
	id := identity{authority: leaf.Issuer.CommonName, certificate: certificate, roots: x509.NewCertPool()}
	for _, uri := range leaf.URIs {
		id.spiffeID = uri.String()
	}
	for block, rest := pem.Decode([]byte(secrets.Roots)); block != nil; block, rest = pem.Decode(rest) {
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return identity{}, err
		}
		id.roots.AddCert(root)
	}
	return id, nil
}

// requireMutualTLS holds that the client reaches the server with its certificate, that each sees the other's SPIFFE ID, and that a
// client without a certificate of the mesh is refused.
func requireMutualTLS(t *testing.T, server, client identity) {
	t.Helper()
	seen := make(chan string, 1)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{server.certificate},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: server.roots})
	require.NoError(t, err)
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if c := conn.(*tls.Conn); c.Handshake() == nil {
				seen <- c.ConnectionState().PeerCertificates[0].URIs[0].String()
				_, _ = c.Write([]byte("hello"))
			}
			conn.Close()
		}
	}()
	config := &tls.Config{Certificates: []tls.Certificate{client.certificate}, InsecureSkipVerify: true, // the certificate names no host, but an identity
		VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
			leaf, err := x509.ParseCertificate(chain[0])
			if err != nil {
				return err
			}
			if leaf.URIs[0].String() != server.spiffeID {
				return fmt.Errorf("the server is %s", leaf.URIs[0])
			}
			_, err = leaf.Verify(x509.VerifyOptions{Roots: client.roots})
			return err
		}}
	require.Equal(t, "hello", call(t, listener.Addr().String(), config))
	require.Equal(t, client.spiffeID, <-seen)
	config.Certificates = nil
	require.Empty(t, call(t, listener.Addr().String(), config), "a client from outside was served")
}

func call(t *testing.T, address string, config *tls.Config) string {
	t.Helper()
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		return ""
	}
	defer conn.Close()
	answer := make([]byte, 5)
	n, _ := conn.Read(answer)
	return string(answer[:n])
}
