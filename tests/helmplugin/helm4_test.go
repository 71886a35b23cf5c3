package helmplugin

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Helm 4 installs the archives with verification: as files of its own, which need nothing of what was built.
func TestHelm4Archive(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	require.Contains(t, m.output(t, "helm4", "plugin", "verify", "--keyring", p.public, p.archive("enmesh", released)).stdout, "Signed by: enmesh")
	for _, plugin := range []string{"enmesh", "enmesh-cli"} {
		installed := m.output(t, "helm4", "plugin", "install", "--keyring", p.public, p.archive(plugin, released))
		require.Contains(t, installed.stdout, "Signed by: enmesh")
		require.Contains(t, installed.stdout, "Installed plugin: "+plugin+"\n")
	}
	require.NoError(t, os.RemoveAll(p.dir))
	requireFiles(t, m.plugins)
	list := m.output(t, "helm4", "plugin", "list")
	require.Regexp(t, `enmesh +\t0\.1\.0 +\tpostrenderer/v1\tv1 +\tsigned`, list.stdout)
	require.Regexp(t, `enmesh-cli\t0\.1\.0 +\tcli/v1 +\tv1 +\tsigned`, list.stdout)
	require.Empty(t, list.stderr)
	m.requireEnrolls(t, "helm4", "enmesh")
	require.Equal(t, "enmesh version "+released+"\n", m.output(t, "helm4", "enmesh", "--version").stdout)
	require.Contains(t, m.output(t, "helm4", "enmesh", "--help").stdout, "enmesh [flags] [FILE")
	require.Contains(t, m.output(t, "helm4", "help").stdout, "  enmesh      enroll rendered workloads")
}

// The command alone names the binary that it misses.
func TestHelm4CommandAlone(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	m.output(t, "helm4", "plugin", "install", "--keyring", p.public, p.archive("enmesh-cli", released))
	require.Contains(t, m.refuses(t, "helm4", "enmesh", "--version"), "enmesh-cli/../enmesh/enmesh-")
}

// Helm 4 installs nothing that the publisher's key did not sign.
func TestHelm4Refusal(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(t *testing.T, p *packages, archive string)
	}{
		{"tampered archive", "sha256 sum does not match", func(t *testing.T, p *packages, archive string) {
			text, err := os.ReadFile(archive)
			require.NoError(t, err)
			text[4]++ // the time stamp of the gzip header, so that it still unpacks
			require.NoError(t, os.WriteFile(archive, text, 0o644))
		}},
		{"foreign key", "signature made by unknown entity", func(t *testing.T, p *packages, _ string) { p.keys = newKeys(t, t.TempDir(), "enmesh") }},
		{"another version's signature", "does not contain", func(t *testing.T, p *packages, archive string) {
			require.NoError(t, os.Rename(p.archive("enmesh", next)+".prov", archive+".prov"))
		}},
		{"no signature", "no provenance file (.prov) found", func(t *testing.T, _ *packages, archive string) { require.NoError(t, os.Remove(archive+".prov")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, m := newPackages(t), newMachine(t)
			archive := p.archive("enmesh", released)
			c.change(t, &p, archive)
			require.Contains(t, m.refuses(t, "helm4", "plugin", "install", "--keyring", p.public, archive), c.says)
			requireEmpty(t, m.plugins)
			m.refuses(t, "helm4", "plugin", "verify", "--keyring", p.public, archive)
		})
	}
}

// Helm 4 updates only what it has from git, which it cannot verify. A new archive takes the old one's place once that is uninstalled.
func TestHelm4Update(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	install := func(version string) []string {
		return []string{"plugin", "install", "--keyring", p.public, p.archive("enmesh", version)}
	}
	m.output(t, "helm4", install(released)...)
	require.Contains(t, m.refuses(t, "helm4", "plugin", "update", "enmesh"), "cannot get information about plugin source")
	require.Contains(t, m.refuses(t, "helm4", install(next)...), "plugin already exists")
	m.output(t, "helm4", "plugin", "uninstall", "enmesh")
	requireEmpty(t, m.plugins)
	m.output(t, "helm4", install(next)...)
	m.output(t, "helm4", "plugin", "install", "--keyring", p.public, p.archive("enmesh-cli", released))
	require.Equal(t, "enmesh version "+next+"\n", m.output(t, "helm4", "enmesh", "--version").stdout)
	m.output(t, "helm4", "plugin", "uninstall", "enmesh", "enmesh-cli")
	requireEmpty(t, m.plugins)
}

// Helm 4 installs from a web server as from a file, and looks for the signature beside the archive.
func TestHelm4URL(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	server := serve(t, p)
	for _, plugin := range []string{"enmesh", "enmesh-cli"} {
		require.Contains(t, m.output(t, "helm4", "plugin", "install", "--keyring", p.public, server+plugin+"-"+next+".tgz").stdout, "Signed by: enmesh")
	}
	requireFiles(t, m.plugins)
	m.requireEnrolls(t, "helm4", "enmesh")
}

// serve is a web server with the archives. It says what they are, as servers of releases do: Helm 3 asks for it.
func serve(t *testing.T, p packages) string {
	files := http.FileServer(http.Dir(p.dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if filepath.Ext(r.URL.Path) == ".tgz" {
			w.Header().Set("Content-Type", "application/gzip")
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/"
}
