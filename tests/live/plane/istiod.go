package plane

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type istiodPorts struct {
	http, https, grpc, secureGRPC, monitoring int
}

// IstioModule returns the folder of Istio's module, which has its charts.
func IstioModule(t *testing.T) string {
	t.Helper()
	return module(t, "istio.io/istio")
}

// module returns the folder of a module by which istiod is built.
func module(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("go", "-C", "../tools/istio", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// startIstiod installs istiod's chart with Helm 3, through enmesh, and starts istiod itself outside of the cluster. Its webhooks are
// called on loopback.
func (p *Plane) startIstiod(t *testing.T) {
	t.Helper()
	istio := IstioModule(t)
	crds, err := os.ReadFile(filepath.Join(istio, "manifests/charts/base/files/crd-all.gen.yaml"))
	require.NoError(t, err)
	p.Client.ApplyAll(t, string(crds), "")
	p.Client.awaitKind(t, "security.istio.io/v1", "PeerAuthentication")
	gatewayAPI, err := filepath.Glob(filepath.Join(module(t, "sigs.k8s.io/gateway-api"), "config/crd/standard/gateway.networking.k8s.io_*s.yaml"))
	require.NoError(t, err)
	for _, file := range gatewayAPI {
		if strings.Contains(file, "_vap_") {
			continue // a policy against older CRDs
		}
		crd, err := os.ReadFile(file)
		require.NoError(t, err)
		p.Client.ApplyAll(t, string(crd), "")
	}
	p.Client.awaitKind(t, "gateway.networking.k8s.io/v1", "Gateway")

	ports := freePorts(t, 5)
	p.istiod = istiodPorts{ports[0], ports[1], ports[2], ports[3], ports[4]}
	args := []string{"install", "istiod", filepath.Join(istio, "manifests/charts/istio-control/istio-discovery"), "--namespace", "istio-system", "--create-namespace",
		"--values", "testdata/istiod-values.yaml",
		"--set", fmt.Sprint("meshConfig.defaultConfig.discoveryAddress=localhost:", p.istiod.secureGRPC),
		"--set", fmt.Sprint("global.caAddress=localhost:", p.istiod.secureGRPC),
		"--set", "meshConfig.defaultConfig.binaryPath=" + p.options.EnvoyPath,
		"--set", fmt.Sprintf("istiodRemote.injectionURL=https://localhost:%d/inject", p.istiod.https),
		"--set", fmt.Sprintf("base.validationURL=https://localhost:%d/validate", p.istiod.https)}
	if !p.options.PlainIstiod {
		args = append(args, "--post-renderer", Tool(t, "enmesh"), "--post-renderer-args", "--all", "--post-renderer-args", "--trust-domain="+TrustDomain)
	}
	revision, webhook := "default", "istio-sidecar-injector"
	if p.options.Revision != "" {
		revision, webhook = p.options.Revision, webhook+"-"+p.options.Revision
		args = append(args, "--set", "revision="+revision)
	}
	require.NoError(t, p.Helm(t, "helm3", nil, append(args, p.options.IstiodArgs...)...))

	istiod := p.start(t, "pilot-discovery", []string{"POD_NAMESPACE=istio-system", "POD_NAME=istiod-0", "REVISION=" + revision, "CLUSTER_ID=Kubernetes",
		"PILOT_CERT_PROVIDER=istiod", "ISTIOD_CUSTOM_HOST=localhost", "KUBERNETES_SERVICE_HOST=127.0.0.1",
		"PILOT_ENABLE_AMBIENT=true", // which has waypoints
		fmt.Sprint("KUBERNETES_SERVICE_PORT=", p.apiPort)},
		"discovery", "--kubeconfig", p.Kubeconfig, "--httpAddr", local(p.istiod.http), "--httpsAddr", local(p.istiod.https), "--grpcAddr", local(p.istiod.grpc),
		"--secureGRPCAddr", local(p.istiod.secureGRPC), "--monitoringAddr", local(p.istiod.monitoring), "--ctrlz_port", "0", "--domain", "cluster.local")
	istiod.await(t, "istiod is ready", func() error {
		response, err := http.Get("http://" + local(p.istiod.http) + "/ready")
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("istiod is not ready: %s", response.Status)
		}
		return p.trusts(webhook)
	})
}

// trusts says whether istiod has put its certificate into its webhooks.
func (p *Plane) trusts(name string) error {
	var webhooks struct {
		Webhooks []struct{ ClientConfig struct{ CABundle string } }
	}
	if err := p.Client.Get("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/"+name, &webhooks); err != nil {
		return err
	}
	for _, w := range webhooks.Webhooks {
		if w.ClientConfig.CABundle == "" {
			return fmt.Errorf("istiod's webhook has no certificate yet")
		}
	}
	return nil
}

// Helm runs one of the Helms of bin, helm3 or helm4, against the plane. The error has what it printed.
func (p *Plane) Helm(t *testing.T, name string, env []string, args ...string) error {
	t.Helper()
	cmd := exec.Command(Tool(t, name), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+p.Kubeconfig, "HELM_CACHE_HOME="+p.Dir+"/helm", "HELM_CONFIG_HOME="+p.Dir+"/helm", "HELM_DATA_HOME="+p.Dir+"/helm")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, args[0], err, out)
	}
	return nil
}
