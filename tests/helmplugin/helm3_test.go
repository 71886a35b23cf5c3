package helmplugin

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Helm 3 installs the archive of its own form from a web server. Its post-renderer is the plugin's binary.
func TestHelm3URL(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	server := serve(t, p)
	install := func(version string) []string {
		return []string{"plugin", "install", server + "enmesh-helm3-" + version + ".tgz"}
	}
	require.Equal(t, "Installed plugin: enmesh\n", m.output(t, "helm3", install(released)...).stdout)
	requireFiles(t, m.plugins)
	list := m.output(t, "helm3", "plugin", "list")
	require.Regexp(t, `enmesh\t0\.1\.0 +\tEnroll the pods`, list.stdout)
	require.Empty(t, list.stderr)
	m.requireEnrolls(t, "helm3", m.binary())

	require.Contains(t, m.refuses(t, "helm3", "plugin", "update", "enmesh"), "cannot get information about plugin source")
	m.output(t, "helm3", "plugin", "uninstall", "enmesh")
	requireEmpty(t, m.plugins)
	m.output(t, "helm3", install(next)...)
	require.Equal(t, "enmesh version "+next+"\n", m.output(t, "helm3", "enmesh", "--version").stdout)
	m.output(t, "helm3", "plugin", "uninstall", "enmesh")
	m.output(t, "helm3", install(released)...) // once more, although Helm 3 keeps what it unpacked
}

// Helm 3 takes no archive that is a file, and makes a link of a folder. Unpacked in the folder of its plugins, the archive is installed.
func TestHelm3Unpacked(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	archive := p.archive("enmesh-helm3", next)
	require.Contains(t, m.refuses(t, "helm3", "plugin", "install", archive), "expected plugin to be a folder")
	dir := filepath.Join(m.plugins, "enmesh-helm3")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	text, err := exec.Command("tar", "-xzf", archive, "-C", dir).CombinedOutput()
	require.NoError(t, err, string(text))
	require.NoError(t, os.RemoveAll(p.dir))
	m.requireEnrolls(t, "helm3", m.binary())
	m.output(t, "helm3", "plugin", "uninstall", "enmesh")
	requireEmpty(t, m.plugins)
}

// Helm 4's archive is nothing for Helm 3.
func TestHelm3ForeignArchive(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	require.Contains(t, m.refuses(t, "helm3", "plugin", "install", serve(t, p)+"enmesh-"+next+".tgz"), "plugin.yaml) missing")
}

// Where both Helms are, Helm 3 has a HELM_DATA_HOME of its own. Neither then complains of what the other has.
func TestBothHelms(t *testing.T) {
	p, helm4 := newPackages(t), newMachine(t)
	helm3 := helm4.withDataHome("helm3")
	for _, plugin := range []string{"enmesh", "enmesh-cli"} {
		helm4.output(t, "helm4", "plugin", "install", "--keyring", p.public, p.archive(plugin, next))
	}
	helm3.output(t, "helm3", "plugin", "install", serve(t, p)+"enmesh-helm3-"+next+".tgz")
	helm4.requireEnrolls(t, "helm4", "enmesh")
	helm3.requireEnrolls(t, "helm3", helm3.binary())
	for _, command := range [][]string{{"version"}, {"plugin", "list"}, {"template", "demo", chart}} {
		require.Empty(t, helm4.output(t, "helm4", command...).stderr, command)
		require.Empty(t, helm3.output(t, "helm3", command...).stderr, command)
	}
	helm3.output(t, "helm3", "plugin", "uninstall", "enmesh")
	helm4.requireEnrolls(t, "helm4", "enmesh")
}

// In one folder they disturb each other. That is why the advice is given: if a Helm learns better, it can go.
func TestSharedFolder(t *testing.T) {
	p, m := newPackages(t), newMachine(t)
	m.output(t, "helm3", "plugin", "install", serve(t, p)+"enmesh-helm3-"+next+".tgz")
	require.Contains(t, m.output(t, "helm4", "plugin", "list").stdout, "legacy", "Helm 4 has Helm 3's form as a command")
	m.output(t, "helm4", "plugin", "install", "--keyring", p.public, p.archive("enmesh", next))
	require.Contains(t, m.output(t, "helm3", "version").stderr, "failed to load plugins")
	require.Contains(t, m.refuses(t, "helm4", "template", "demo", chart, "--post-renderer", "enmesh"), `two plugins claim the name "enmesh"`)
}

// binary is the path of the installed plugin's binary.
func (m machine) binary() string {
	return filepath.Join(m.plugins, "enmesh-helm3", "enmesh-"+runtime.GOOS+"-"+runtime.GOARCH)
}
