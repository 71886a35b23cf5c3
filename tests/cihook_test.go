package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The hooks for pre-commit. pre-commit itself clones the repository at the release, builds enmesh and runs it. Where it is not installed, the
// test runs what pre-commit would.

// hooks are what pre-commit works with: a clone of this repository that has the release, and a folder for what it builds.
type hooks struct {
	clone, home string
	env         []string
}

func (m machine) testPreCommit(t *testing.T) {
	h := hooks{newClone(t), t.TempDir(), append(m.env, "GOMODCACHE="+goEnv("GOMODCACHE"))}
	output(t, exec.Command("git", "-C", h.clone, "tag", "v0.1.0"))
	if !h.real() {
		t.Log("pre-commit is not installed: running what it would run")
	}
	config := read(t, root, "examples/ci/pre-commit/.pre-commit-config.yaml")
	on := m.checkout(t)
	render(t, on)
	enrolled := read(t, on.workspace, "examples/rendered/rendered/shop.yaml")

	for name, c := range map[string]struct {
		manifests string // or "" to delete the folder
		fails     bool
		log       string
	}{
		"good":         {enrolled, false, "Passed"},
		"not enrolled": {plainPod, true, "selected and not enrolled"},
		"empty render": {"---\n", true, "[NoObjects]"},
		"no render":    {"", true, "cannot read rendered/: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.run(t, h.newProject(t, config, c.manifests))
			require.Equal(t, c.fails, r.status != 0, r.stdout)
			require.Contains(t, r.stdout, c.log)
		})
	}

	// The hooks also take the files that are committed. enmesh-write fails if it changes any, as all hooks do.
	config = "repos:\n- repo: https://github.com/enmesh/enmesh\n  rev: v0.1.0\n  hooks: [{id: enmesh-write}, {id: enmesh-check, files: ^rendered/}]\n"
	t.Run("write", func(t *testing.T) {
		if !h.real() {
			t.Skip("pre-commit is not installed, and decides which files the hooks get")
		}
		project := h.newProject(t, config, plainPod)
		first := h.run(t, project)
		require.NotZero(t, first.status)
		require.Contains(t, first.stdout, "files were modified by this hook")
		require.Contains(t, read(t, project, "rendered/shop.yaml"), "spire-managed-identity")
		second := h.run(t, project)
		require.Zero(t, second.status, second.stdout)
		require.NoError(t, os.Truncate(filepath.Join(project, "rendered/shop.yaml"), 0))
		emptied := h.run(t, project)
		require.NotZero(t, emptied.status)
		require.Contains(t, emptied.stdout, "[NoObjects]")
	})
}

// newProject is a repository that uses the hooks of the clone, with a change to its manifests that is to be committed.
func (h hooks) newProject(t *testing.T, config, manifests string) string {
	dir := t.TempDir()
	const published = "https://github.com/enmesh/enmesh"
	require.Contains(t, config, published)
	config = strings.ReplaceAll(config, published, "file://"+h.clone)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".pre-commit-config.yaml"), []byte(config), 0o644))
	folder := filepath.Join(dir, "rendered")
	require.NoError(t, os.Mkdir(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "shop.yaml"), []byte("# to be rendered\n"), 0o644))
	commitAll(t, dir)
	if manifests == "" {
		require.NoError(t, os.RemoveAll(folder))
	} else {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "shop.yaml"), []byte(manifests), 0o644))
	}
	return dir
}

func (h hooks) real() bool { return !isMissing("pre-commit") }

// run runs the hooks as `git commit --all` would. Its stdout is what pre-commit shows.
func (h hooks) run(t *testing.T, project string) result {
	if !h.real() {
		return h.imitate(t, project)
	}
	output(t, exec.Command("git", "-C", project, "add", "--all"))
	cmd := exec.Command("pre-commit", "run", "--verbose")
	cmd.Dir, cmd.Env = project, append(h.env, "PRE_COMMIT_HOME="+h.home)
	r := run(t, cmd)
	r.stdout += r.stderr
	return r
}

// imitate builds what pre-commit builds, and runs the one hook of the example.
func (h hooks) imitate(t *testing.T, project string) result {
	build := exec.Command("go", "install", "./...")
	build.Dir, build.Env = h.clone, append(h.env, "GOBIN="+h.home)
	output(t, build)
	var provided []struct {
		ID, Entry, Language string
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, h.clone, ".pre-commit-hooks.yaml")), &provided))
	require.Equal(t, "golang", provided[0].Language)
	var used struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, project, ".pre-commit-config.yaml")), &used))
	hook := used.Repos[0].Hooks[0]
	require.Equal(t, provided[0].ID, hook.ID)
	cmd := exec.Command("sh", append([]string{"-c", provided[0].Entry + ` "$@"`, "hook"}, hook.Args...)...)
	cmd.Dir, cmd.Env = project, append(h.env, "PATH="+h.home+":"+pathOf(h.env))
	r := run(t, cmd)
	r.stdout += r.stderr
	if r.status == 0 {
		r.stdout += "Passed"
	}
	return r
}
