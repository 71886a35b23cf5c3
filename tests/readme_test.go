package tests

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The commands of the examples and of the reference pages work. Every fenced block with the info string `sh` runs, block by block, in a
// copy of the repository and in the page's own folder. TestNewcomer runs those of the README itself. A `console` or `text` block, such as one that needs a cluster, does not run.
// Words after `sh` name programs that the block needs in addition to those of `make tools`. If one is missing, the block is
// skipped. `helm` is Helm 4, unless the README's folder or such a word is helm3. `go install` installs into the copy.
// make builds for this platform only.

var shellBlock = regexp.MustCompile("(?ms)^```sh\\b([^\n]*)\n(.*?)^```")

func TestREADME(t *testing.T) {
	var pages []string
	for _, pattern := range []string{"examples/*/README.md", "fn/*/*.md", "postrender/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		pages = append(pages, files...)
	}
	for _, file := range pages {
		name, err := filepath.Rel(root, file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			copied := copyRepository(t)
			env := helmEnv(t)
			for _, block := range blocksOf(t, file) {
				needs, script := block.needs, block.script
				if missing := slices.IndexFunc(needs, isMissing); missing >= 0 {
					t.Logf("skipped, because %s is missing:\n%s", needs[missing], script)
					continue
				}
				if slices.Contains(needs, "docker") {
					output(t, exec.Command("make", "-C", copied, "image"))
				}
				helm := "helm4"
				if strings.Contains(name, "helm3") || slices.Contains(needs, "helm3") {
					helm = "helm3"
				}
				cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
				cmd.Dir = filepath.Join(copied, filepath.Dir(name))
				path := strings.Join([]string{copied + "/bin", filepath.Dir(enmesh), programs(t, helm), os.Getenv("PATH")}, ":")
				cmd.Env = append(env, "PATH="+path, "GOBIN="+copied+"/bin", "PLATFORMS="+platform)
				r := run(t, cmd)
				require.Zero(t, r.status, "%s\n%s%s", script, r.stdout, r.stderr)
			}
		})
	}
}

// block is one block of commands, and what it needs beside the programs of enmesh.
type block struct {
	needs  []string
	script string
}

func blocksOf(t *testing.T, page string) (blocks []block) {
	for _, found := range shellBlock.FindAllStringSubmatch(read(t, page), -1) {
		blocks = append(blocks, block{strings.Fields(found[1]), found[2]})
	}
	return blocks
}

// isMissing says whether a program is not installed or, for docker, has no daemon to talk to.
func isMissing(program string) bool {
	switch _, err := exec.LookPath(program); {
	case program == "helm3" || isFile(filepath.Join(root, "bin", program)):
		return false
	case err == nil && program == "docker":
		return exec.Command("docker", "version").Run() != nil
	default:
		return err != nil
	}
}

// programs returns a folder with the tools, in which `helm` is the given one.
func programs(t *testing.T, helm string) string {
	dir := t.TempDir()
	for as, name := range map[string]string{"helm": helm, "kustomize": "kustomize", "yq": "yq"} {
		require.NoError(t, os.Symlink(tool(t, name), filepath.Join(dir, as)))
	}
	if kyverno := filepath.Join(root, "bin/kyverno"); isFile(kyverno) {
		require.NoError(t, os.Symlink(kyverno, filepath.Join(dir, "kyverno")))
	}
	return dir
}

// copyRepository returns a copy of the repository without what was built, so that commands can write into their folder.
func copyRepository(t *testing.T) string {
	to := t.TempDir()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case name == ".git" && !entry.IsDir(): // in a worktree of git
			return nil
		case name == ".git" || name == "bin" || name == "dist":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, info.Mode())
	})
	require.NoError(t, err)
	return to
}
