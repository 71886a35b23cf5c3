// Package release checks what `make release` has put into dist/: that it is complete, that each archive and package works,
// that the manifests of package managers fit the archives, and that a second build gives the same bytes.
//
// `make test-release` builds a release and runs these tests. Without the flag -dist they skip, because a folder dist/ that
// happens to be there can be of another commit. A test that needs root or a program of Debian skips without it.
package release

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	dist    = flag.String("dist", "", "the `folder` that make release has written")
	version = flag.String("version", "", "the version that was released")
)

// root is the repository's folder.
const root = "../.."

// platform is a system that enmesh is released for.
type platform struct{ os, arch string }

var platforms = []platform{
	{"darwin", "amd64"}, {"darwin", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// here is the platform that runs the tests.
var here = platform{runtime.GOOS, runtime.GOARCH}

func (p platform) String() string { return p.os + "_" + p.arch }

// archive names an archive for the platform. Product is enmesh, or kubectl-enmesh, which holds one program only, for Krew.
func (p platform) archive(product string) string {
	if p.os == "windows" {
		return fmt.Sprintf("%s_%s_%s.zip", product, *version, p)
	}
	return fmt.Sprintf("%s_%s_%s.tar.gz", product, *version, p)
}

// program names the file of a program.
func (p platform) program(name string) string {
	if p.os == "windows" {
		return name + ".exe"
	}
	return name
}

// sbom names the list of a program's dependencies.
func (p platform) sbom(program string) string {
	return fmt.Sprintf("%s_%s_%s.cdx.json", program, *version, p)
}

// deb and rpm name the packages for an architecture, in the words of Debian and of Red Hat.
func deb(arch string) string { return fmt.Sprintf("enmesh_%s_%s.deb", *version, arch) }

func rpm(arch string) string {
	return fmt.Sprintf("enmesh-%s-1.%s.rpm", *version, map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch])
}

// released skips the test if no release was built.
func released(t *testing.T) {
	t.Helper()
	if *dist == "" {
		t.Skip("make test-release runs this test")
	}
}

// The checksums name all that is released and nothing else, and are those of the files.
func TestChecksums(t *testing.T) {
	released(t)
	expected := []string{deb("amd64"), deb("arm64"), rpm("amd64"), rpm("arm64")}
	for _, p := range platforms {
		expected = append(expected, p.archive("enmesh"), p.archive("kubectl-enmesh"), p.sbom("enmesh"), p.sbom("enmesh-fn"))
	}
	sums := checksums(t, *dist)
	require.ElementsMatch(t, expected, slices.Collect(maps.Keys(sums)))
	for name, sum := range sums {
		require.Equal(t, sum, digest(t, filepath.Join(*dist, name)), name)
	}

	var others []string
	entries, err := os.ReadDir(*dist)
	require.NoError(t, err)
	for _, entry := range entries {
		if _, released := sums[entry.Name()]; !released && !entry.IsDir() {
			others = append(others, entry.Name())
		}
	}
	require.ElementsMatch(t, []string{"checksums.txt", "artifacts.json", "config.yaml", "metadata.json"}, others)
}

// checksums reads the checksums of a release.
func checksums(t *testing.T, dist string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(dist, "checksums.txt"))) {
		sum, name, found := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, found, line)
		sums[name] = sum
	}
	return sums
}

func digest(t *testing.T, file string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(read(t, file)))
	return hex.EncodeToString(sum[:])
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

// output runs a command that must succeed, and returns all that it wrote.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	written, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", name, strings.Join(args, " "), written)
	return string(written)
}

// need skips the test if a program is not installed.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
}

// files lists the files below a folder, in order.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	require.NoError(t, fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	return names
}
