package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// A newcomer runs the README from top to bottom, in one shell and in a fresh clone, with an empty home and no environment. On the PATH is
// what the system has, what a user of Helm, kustomize and kubectl has anyway, and what the README itself installs. In the end the clone is
// as it was.
//
// Words after `sh` say what a block needs: programs, a cluster, or goproxy, which stands for the release of the module.
func TestNewcomer(t *testing.T) {
	clone := newClone(t)
	n := newcomer{home: t.TempDir(), tools: t.TempDir(), proxy: publish(t, clone)}
	for as, name := range map[string]string{"helm": "helm3", "kustomize": "kustomize"} {
		require.NoError(t, os.Symlink(tool(t, name), filepath.Join(n.tools, as)))
	}
	if n.kubeconfig = clusterOrNone(t); n.kubeconfig != "" {
		require.NoError(t, os.Symlink(tool(t, "kubectl"), filepath.Join(n.tools, "kubectl")))
	}
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	ran := 0
	for i, b := range blocksOf(t, filepath.Join(root, "README.md")) {
		if slices.Contains(b.needs, "cluster") && n.kubeconfig == "" {
			t.Logf("skipped, because there is no API server (make test-cluster):\n%s", b.script)
			continue
		}
		ran++
		commands := strings.ReplaceAll(b.script, "make test\n", "") // this test is part of it
		fmt.Fprintf(&script, "echo 'block %d' >&2\ncd %s\n%s", i+1, clone, commands)
	}
	require.Greater(t, ran, 5)
	r := run(t, n.command(clone, script.String()))
	require.Zero(t, r.status, "%s\n%s", script.String(), r.stderr)
	require.Empty(t, output(t, n.command(clone, "git status --porcelain")), "files are left in the clone")
	for _, program := range []string{"go/bin/enmesh", "go/bin/enmesh-fn", ".local/bin/enmesh", ".local/bin/enmesh-fn"} {
		require.True(t, isFile(filepath.Join(n.home, program)), program)
	}
}

// newcomer is somebody who has Go, make, git and the tools of the trade.
type newcomer struct {
	home, tools string
	proxy       string // of Go modules
	kubeconfig  string // or ""
}

func (n newcomer) command(dir, script string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = dir
	goroot, cache := goEnv("GOROOT"), goEnv("GOCACHE")
	cmd.Env = []string{"HOME=" + n.home, "PATH=" + n.tools + ":" + goroot + "/bin:/usr/local/bin:/usr/bin:/bin", "KUBECONFIG=" + n.kubeconfig,
		// Go's caches spare an hour of compiling; the module proxy is made of this clone and of the modules that are here.
		"GOCACHE=" + cache, "GOPROXY=" + n.proxy, "GOSUMDB=off", "GOFLAGS=-trimpath -buildvcs=false -modcacherw", "CGO_ENABLED=0"}
	return cmd
}

func goEnv(name string) string {
	text, err := exec.Command("go", "env", name).Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(text))
}

// newClone returns a clone of what the repository would be if all changes were committed.
func newClone(t *testing.T) string {
	clone := copyRepository(t)
	commitAll(t, clone)
	return clone
}

// commitAll makes a folder a repository, and commits what is in it.
func commitAll(t *testing.T, dir string) {
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"},
		{"-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "--message=all"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		output(t, cmd)
	}
}

// publish returns a module proxy that has enmesh at a version of its own, and the modules in this machine's cache.
func publish(t *testing.T, clone string) string {
	proxy := t.TempDir()
	dir := filepath.Join(proxy, "enmesh.dev/enmesh/@v")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	version := module.Version{Path: "enmesh.dev/enmesh", Version: "v0.1.0"}
	archive, err := os.Create(filepath.Join(dir, version.Version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(archive, version, clone))
	require.NoError(t, archive.Close())
	for name, text := range map[string]string{
		"list":                    version.Version + "\n",
		version.Version + ".info": fmt.Sprintf(`{"Version": %q}`, version.Version),
		version.Version + ".mod":  read(t, clone, "go.mod"),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return "file://" + proxy + ",file://" + filepath.Join(goEnv("GOMODCACHE"), "cache/download")
}

// clusterOrNone starts an API server and returns its kubeconfig, or "" if a program is missing.
func clusterOrNone(t *testing.T) string {
	for _, program := range []string{"etcd", filepath.Join(root, "bin/kube-apiserver"), filepath.Join(root, "bin/kubectl")} {
		if _, err := exec.LookPath(program); err != nil {
			return ""
		}
	}
	return newCluster(t).kubeconfig
}
