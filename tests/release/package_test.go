package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// documents are the files of the packages that are at the same place in both.
var documents = []string{
	"usr/share/bash-completion/completions/enmesh",
	"usr/share/doc/enmesh/README.md",
	"usr/share/fish/vendor_completions.d/enmesh.fish",
}

// The deb unpacks, for each architecture.
func TestDeb(t *testing.T) {
	released(t)
	need(t, "dpkg-deb")
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			file, folder := filepath.Join(*dist, deb(arch)), t.TempDir()
			require.Equal(t, "Package: enmesh\nVersion: "+*version+"\nArchitecture: "+arch+"\n",
				output(t, "dpkg-deb", "--field", file, "Package", "Version", "Architecture"))
			output(t, "dpkg-deb", "--extract", file, folder)
			requirePackage(t, folder, arch, "usr/share/doc/enmesh/copyright", "usr/share/zsh/vendor-completions/_enmesh")
		})
	}
}

// apt installs the deb from a file, and removes it without a trace.
func TestAptInstall(t *testing.T) {
	released(t)
	need(t, "apt-get", "dpkg-query")
	if os.Geteuid() != 0 {
		t.Skip("only root installs packages")
	}
	if exec.Command("dpkg-query", "--status", "enmesh").Run() == nil {
		t.Skip("enmesh is installed, and this test would remove it")
	}
	file, err := filepath.Abs(filepath.Join(*dist, deb(here.arch)))
	require.NoError(t, err)
	t.Cleanup(func() { output(t, "dpkg", "--purge", "enmesh") })
	output(t, "apt-get", "install", "--yes", file)
	for _, program := range []string{"enmesh", "enmesh-fn"} {
		requireVersion(t, "/usr/bin/"+program)
	}
	require.Empty(t, output(t, "dpkg", "--verify", "enmesh"))
	output(t, "apt-get", "remove", "--yes", "enmesh")
	require.NoFileExists(t, "/usr/bin/enmesh")
	require.NoDirExists(t, "/usr/share/doc/enmesh")
}

// rpm reads the package and installs it below a folder, for each architecture.
func TestRPM(t *testing.T) {
	released(t)
	need(t, "rpm")
	if os.Geteuid() != 0 {
		t.Skip("only root installs packages")
	}
	for _, arch := range []string{"amd64", "arm64"} {
		t.Run(arch, func(t *testing.T) {
			file, err := filepath.Abs(filepath.Join(*dist, rpm(arch)))
			require.NoError(t, err)
			require.Equal(t, "enmesh "+*version+" Apache-2.0 enmesh.dev",
				output(t, "rpm", "--query", "--queryformat", "%{NAME} %{VERSION} %{LICENSE} %{BUILDHOST}", "--package", file))
			folder := t.TempDir()
			within := []string{"--root", folder, "--dbpath", "/var/lib/rpm", "--nodeps"}
			output(t, "rpm", append(within, "--install", "--ignorearch", file)...)
			require.Empty(t, output(t, "rpm", append(within, "--verify", "enmesh")...))
			requirePackage(t, folder, arch, "usr/share/licenses/enmesh/LICENSE", "usr/share/zsh/site-functions/_enmesh")
		})
	}
}

// requirePackage holds that a folder holds what a package installs: both programs, the licence, the completions.
func requirePackage(t *testing.T, folder, arch, licence, zsh string) {
	t.Helper()
	programs := []string{"usr/bin/enmesh", "usr/bin/enmesh-fn"}
	installed := slices.DeleteFunc(files(t, folder), func(name string) bool { return strings.HasPrefix(name, "var/lib/") })
	require.ElementsMatch(t, slices.Concat(programs, documents, []string{licence, zsh}), installed)
	require.Equal(t, read(t, filepath.Join(root, "LICENSE")), read(t, filepath.Join(folder, licence)))
	require.True(t, strings.HasPrefix(read(t, filepath.Join(folder, zsh)), "#compdef enmesh\n"))
	for _, program := range programs {
		requireProgram(t, filepath.Join(folder, program), platform{"linux", arch})
	}
}
