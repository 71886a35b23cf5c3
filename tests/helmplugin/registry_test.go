package helmplugin

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"
)

// Helm 4 installs what oras pushed to a registry, with verification, and a newer version from the newer tag.
func TestHelm4Registry(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	host, ca := newRegistry(t)
	for _, pushed := range []struct{ plugin, version string }{{"enmesh", released}, {"enmesh-cli", released}, {"enmesh", next}} {
		push(t, p, pushed.plugin, pushed.version, host, "--ca-file", ca)
	}
	install := func(plugin, version, keyring string) []string {
		return []string{"plugin", "install", "--ca-file", ca, "--keyring", keyring, "oci://" + host + "/helm/" + plugin + ":" + version}
	}
	foreign := newKeys(t, t.TempDir(), "enmesh").public
	require.Contains(t, m.refuses(t, "helm4", install("enmesh", released, foreign)...), "signature made by unknown entity")
	requireEmpty(t, m.plugins)

	for _, plugin := range []string{"enmesh", "enmesh-cli"} {
		installed := m.output(t, "helm4", install(plugin, released, p.public)...)
		require.Contains(t, installed.stdout, "Signed by: enmesh")
	}
	requireFiles(t, m.plugins)
	m.requireEnrolls(t, "helm4", "enmesh")
	require.Regexp(t, `enmesh +\t0\.1\.0 +\tpostrenderer/v1\tv1 +\tsigned`, m.output(t, "helm4", "plugin", "list").stdout)

	require.Contains(t, m.refuses(t, "helm4", "plugin", "update", "enmesh"), "cannot get information about plugin source")
	m.output(t, "helm4", "plugin", "uninstall", "enmesh")
	m.output(t, "helm4", install("enmesh", next, p.public)...)
	require.Equal(t, "enmesh version "+next+"\n", m.output(t, "helm4", "enmesh", "--version").stdout)
	m.output(t, "helm4", "plugin", "uninstall", "enmesh", "enmesh-cli")
	requireEmpty(t, m.plugins)
}

// A registry without TLS, as in a laboratory.
func TestHelm4PlainRegistry(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	host := server.Listener.Addr().String()
	push(t, p, "enmesh", next, host, "--plain-http")
	m.output(t, "helm4", "plugin", "install", "--plain-http", "--keyring", p.public, "oci://"+host+"/helm/enmesh:"+next)
	requireFiles(t, m.plugins)
}

// newRegistry starts a registry, and returns its host and the file with its certificate.
func newRegistry(t *testing.T) (host, ca string) {
	t.Helper()
	server := httptest.NewTLSServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(block), 0o644))
	return server.Listener.Addr().String(), ca
}

// push uploads an archive and its signature. The last element of the repository's name must be the plugin's name.
func push(t *testing.T, p packages, plugin, version, host string, flags ...string) {
	t.Helper()
	archive := plugin + "-" + version + ".tgz"
	args := append([]string{"push", host + "/helm/" + plugin + ":" + version, "--artifact-type", "application/vnd.helm.plugin.v1+json", archive, archive + ".prov"}, flags...)
	cmd := exec.Command(tool(t, "oras"), args...)
	cmd.Dir = p.dir
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
}
