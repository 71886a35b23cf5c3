package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The examples for CI pass for what gets an identity from SPIRE. They fail for anything else, and never pass for an empty render.

// change is what happens to the repository before CI runs.
type change func(t *testing.T, on *runner)

func none(*testing.T, *runner) {}

// helmFails as it does for a mistake in a template.
func helmFails(t *testing.T, on *runner) {
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "helm"), []byte("#!/bin/sh\necho 'Error: no such chart' >&2\nexit 1\n"), 0o755))
	on.env = append(on.env, "PATH="+broken+":"+pathOf(on.env))
}

// rendersNothing: the chart has no templates, as if a condition leaves all of them out.
func rendersNothing(t *testing.T, on *runner) {
	require.NoError(t, os.RemoveAll(filepath.Join(on.workspace, "examples/chart/templates")))
}

// outsideTheMesh is a pod that Istio never injects.
func outsideTheMesh(t *testing.T, on *runner) {
	replaceIn(t, filepath.Join(on.workspace, "examples/chart/templates/web.yaml"), "      containers:", "      hostNetwork: true\n      containers:")
}

func replaceIn(t *testing.T, file, old, new string) {
	text := read(t, file)
	require.Contains(t, text, old)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, old, new)), 0o644))
}

func TestCI(t *testing.T) {
	machine := newMachine(t)
	t.Run("GitHub workflow", machine.testWorkflow)
	t.Run("GitHub action", machine.testAction)
	t.Run("inputs of the GitHub action", machine.testActionInputs)
	t.Run("GitLab", machine.testGitLab)
	t.Run("pre-commit", machine.testPreCommit)
}

// The chart's job: it uploads what the check found, names the template as a file of the repository, and writes a summary.
func (m machine) testWorkflow(t *testing.T) {
	for name, c := range map[string]struct {
		change   change
		fails    bool
		log      string
		uploaded []string
	}{
		"good": {none, false, "1 SPIRE", []string{`"results": []`}},
		"outside the mesh": {outsideTheMesh, true, "::error title=enmesh Bare,file=examples/chart/templates/web.yaml::",
			[]string{`"ruleId": "HostNetwork"`, `"uri": "examples/chart/templates/web.yaml"`}},
		"helm fails":      {helmFails, true, "no such chart", nil},
		"renders nothing": {rendersNothing, true, "::error title=enmesh NoObjects::", []string{`"ruleId": "NoObjects"`}},
	} {
		t.Run(name, func(t *testing.T) {
			on := m.checkout(t)
			c.change(t, &on)
			r := gitHub(t, on, workflowJob(t, "chart"))
			require.Equal(t, c.fails, r.failed, r.log)
			require.Contains(t, r.log, c.log)
			require.Equal(t, c.uploaded == nil, r.uploaded == "", "uploaded: %s", r.uploaded)
			for _, text := range c.uploaded {
				require.Contains(t, r.uploaded, text)
			}
			if c.uploaded != nil {
				require.Contains(t, r.summary, "# Mesh report\n")
			}
		})
	}
}

// The second job of the workflow uses the composite action.
func (m machine) testAction(t *testing.T) {
	const rendered = "examples/rendered/rendered/shop.yaml"
	on := m.checkout(t)
	for name, c := range map[string]struct {
		change        change
		fails         bool
		log, uploaded string
	}{
		"good": {none, false, "1 SPIRE", `"results": []`},
		"not enrolled": {func(t *testing.T, on *runner) {
			replaceIn(t, filepath.Join(on.workspace, rendered), "spire-managed-identity", "other")
		}, true, "::error title=enmesh NotEnrolled,file=" + rendered + ",line=", `"uri": "` + rendered + `"`},
		"empty file": {func(t *testing.T, on *runner) {
			require.NoError(t, os.Truncate(filepath.Join(on.workspace, rendered), 0))
		}, true, "::error title=enmesh NoObjects::", `"ruleId": "NoObjects"`},
		"empty folder": {func(t *testing.T, on *runner) {
			require.NoError(t, os.Remove(filepath.Join(on.workspace, rendered)))
		}, true, "there are no manifests in it", `"id": "JobFailed"`},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.RemoveAll(filepath.Join(on.workspace, filepath.Dir(rendered))))
			render(t, on)
			c.change(t, &on)
			r := gitHub(t, on, workflowJob(t, "rendered"))
			require.Equal(t, c.fails, r.failed, r.log)
			require.Contains(t, r.log, c.log)
			require.Contains(t, r.uploaded, c.uploaded)
			require.Contains(t, r.summary, "# Mesh report\n")
		})
	}
}

// The action can check what enrollment makes of manifests. None of its inputs is run as code, or is a flag where it is none.
func (m machine) testActionInputs(t *testing.T) {
	built := t.TempDir()
	for name, c := range map[string]struct {
		with  map[string]any
		fails bool
		log   string
	}{
		"not enrolled":        {map[string]any{"manifests": "examples/quickstart"}, true, "::error title=enmesh NotEnrolled,file=examples/quickstart/myapi.yaml,line="},
		"enroll":              {map[string]any{"manifests": "\nexamples/quickstart\n", "enroll": true}, false, "2 SPIRE"},
		"enroll nothing":      {map[string]any{"manifests": "nothing.yaml", "enroll": true}, true, "::error title=enmesh NoObjects"},
		"enroll one nothing":  {map[string]any{"manifests": "examples/quickstart\nnothing.yaml", "enroll": true}, true, "::error title=enmesh NoObjects"},
		"enroll fails":        {map[string]any{"manifests": "missing.yaml", "enroll": true}, true, "missing.yaml: no such file"},
		"spaces":              {map[string]any{"manifests": "a folder/the pod.yaml\nexamples/quickstart\n", "enroll": true}, false, "3 SPIRE"},
		"no manifests":        {map[string]any{"manifests": " "}, true, "::error title=enmesh::the input manifests is empty"},
		"code in manifests":   {map[string]any{"manifests": "$(touch ran)\";touch ran;`touch ran`"}, true, "no such file"},
		"flag in manifests":   {map[string]any{"manifests": "--output=ran"}, true, "--output=ran: no such file"},
		"code in flags":       {map[string]any{"manifests": "examples/quickstart", "flags": "--selector=$(touch ran)"}, true, "--selector"},
		"command in flags":    {map[string]any{"manifests": "examples/quickstart", "flags": "--all\n--\ntouch\nran"}, true, "::error title=enmesh::the input flags has --"},
		"code in reports":     {map[string]any{"manifests": "examples/quickstart", "reports": "json=x;touch ran"}, true, "NotEnrolled"},
		"glob in manifests":   {map[string]any{"manifests": "examples/quickstart/*"}, true, "no such file"},
		"no reports at all":   {map[string]any{"manifests": "examples/quickstart", "reports": "", "summary": false, "enroll": true}, false, "2 SPIRE"},
		"command in enroll":   {map[string]any{"manifests": "examples/quickstart", "enroll": "true ] || touch ran; ["}, true, "true or false"},
		"enroll with a typo":  {map[string]any{"manifests": "examples/quickstart", "enroll": "yes"}, true, "true or false"},
		"summary with a typo": {map[string]any{"manifests": "examples/quickstart", "summary": "yes"}, true, "true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			on := m.checkout(t)
			require.NoError(t, os.WriteFile(filepath.Join(on.workspace, "nothing.yaml"), []byte("# nothing\n"), 0o644))
			require.NoError(t, os.Mkdir(filepath.Join(on.workspace, "a folder"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(on.workspace, "a folder/the pod.yaml"), []byte(plainPod), 0o644))
			on.temp = built
			r := gitHub(t, on, gitHubJob{Steps: []gitHubStep{{Uses: "enmesh/enmesh/.github/actions/enmesh@v0.1.0", With: c.with}}})
			require.Equal(t, c.fails, r.failed, r.log)
			require.Contains(t, r.log, c.log)
			require.NoFileExists(t, filepath.Join(on.workspace, "ran"))
		})
	}
}

// GitLab runs the jobs in checkouts of their own. The second one has the artifacts of the first.
func (m machine) testGitLab(t *testing.T) {
	var file struct {
		Variables    map[string]string
		Render, Mesh gitLabJob
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, root, "examples/ci/gitlab/.gitlab-ci.yml")), &file))
	for name, c := range map[string]struct {
		change         change
		fails          bool
		log            string
		junit, quality string
	}{
		"good": {none, false, "1 SPIRE", `failures="0" errors="0"`, "[]\n"},
		"outside the mesh": {outsideTheMesh, true, "the check failed", `<failure type="Bare" message="`,
			`"path": "examples/chart/templates/web.yaml"`},
		"helm fails":      {helmFails, true, "no such chart", "", ""},
		"renders nothing": {rendersNothing, true, "[NoObjects]", `<failure type="NoObjects"`, `"check_name": "NoObjects"`},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := m.checkout(t), m.checkout(t)
			first.env = append(first.env, assignments(file.Variables, nil)...)
			second.env = append(second.env, assignments(file.Variables, nil)...)
			c.change(t, &first)
			rendered, artifacts := gitLab(t, first, file.Render)
			if rendered.failed {
				require.True(t, c.fails, rendered.log)
				require.Contains(t, rendered.log, c.log)
				require.Empty(t, artifacts)
				return
			}
			for name, text := range artifacts {
				require.NoError(t, os.WriteFile(filepath.Join(second.workspace, name), []byte(text), 0o644))
			}
			checked, artifacts := gitLab(t, second, file.Mesh)
			require.Equal(t, c.fails, checked.failed, checked.log)
			require.Contains(t, checked.log, c.log)
			require.Contains(t, artifacts[file.Mesh.Artifacts.Reports["junit"]], c.junit)
			require.Contains(t, artifacts[file.Mesh.Artifacts.Reports["codequality"]], c.quality)
		})
	}
}

var releaseInExample = regexp.MustCompile(`(?:enmesh/?\S*@|rev: )v([0-9.]+)`)

// The examples for CI name one release of enmesh, that of the Makefile.
func TestReleaseInExamples(t *testing.T) {
	makefile := read(t, root, "Makefile")
	for file, times := range map[string]int{"README.md": 1, "github/workflow.yaml": 2, "gitlab/.gitlab-ci.yml": 1, "pre-commit/.pre-commit-config.yaml": 1} {
		found := releaseInExample.FindAllStringSubmatch(read(t, root, "examples/ci", file), -1)
		require.Len(t, found, times, file)
		for _, release := range found {
			require.Contains(t, makefile, "\nVERSION  ?= "+release[1]+"\n", file)
		}
	}
}

// workflowJob reads a job of the example.
func workflowJob(t *testing.T, name string) gitHubJob {
	var workflow struct{ Jobs map[string]gitHubJob }
	require.NoError(t, yaml.Unmarshal([]byte(read(t, root, "examples/ci/github/workflow.yaml")), &workflow))
	require.Contains(t, workflow.Jobs, name)
	return workflow.Jobs[name]
}

// render writes the manifests that a repository of rendered manifests has.
func render(t *testing.T, on runner) {
	cmd := exec.Command("make", "-C", filepath.Join(on.workspace, "examples/rendered"), "rendered")
	cmd.Env = append(on.env, "PATH="+filepath.Dir(enmesh)+":"+pathOf(on.env))
	output(t, cmd)
}

// machine is what a runner starts with.
type machine struct{ env []string }

// newMachine has helm, the Go caches of this machine, and a module proxy with the release that the examples install.
func newMachine(t *testing.T) machine {
	tools, gopath := t.TempDir(), t.TempDir()
	require.NoError(t, os.Symlink(tool(t, "helm3"), filepath.Join(tools, "helm")))
	path := strings.Join([]string{filepath.Join(gopath, "bin"), tools, filepath.Join(goEnv("GOROOT"), "bin"), "/usr/local/bin:/usr/bin:/bin"}, ":")
	return machine{append(helmEnv(t), "PATH="+path, "GOPATH="+gopath, "GOMODCACHE=", "GOBIN=", "GOCACHE="+goEnv("GOCACHE"), "GOPROXY="+publish(t, newClone(t)),
		"GOSUMDB=off", "GOFLAGS=-trimpath -buildvcs=false -modcacherw", "CGO_ENABLED=0", "GIT_CONFIG_GLOBAL=/dev/null")}
}

func (m machine) checkout(t *testing.T) runner {
	return runner{workspace: copyRepository(t), temp: t.TempDir(), env: slices.Clone(m.env)}
}

// pathOf returns the PATH of an environment: the last one counts.
func pathOf(env []string) (path string) {
	for _, assignment := range env {
		if value, ok := strings.CutPrefix(assignment, "PATH="); ok {
			path = value
		}
	}
	return path
}
