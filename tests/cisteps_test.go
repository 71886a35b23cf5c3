package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// These run the commands of a GitHub job, of a composite action and of a GitLab job as those systems would: in the same shell with the same
// options, in the folder of the repository, one step after another. Of the actions of others they know only what the examples use.

// ciRun is what became of a job.
type ciRun struct {
	failed   bool
	log      string // what the steps wrote, to stdout and stderr
	summary  string // the job's summary in GitHub
	uploaded string // the SARIF report that was uploaded to GitHub
}

// gitHubStep is a step of a job or of a composite action.
type gitHubStep struct {
	Uses, Run, Shell, If string
	With                 map[string]any
	Env                  map[string]string
}

type gitHubJob struct {
	Env   map[string]string
	Steps []gitHubStep
}

// runner is a machine with a checkout of the repository.
type runner struct {
	workspace, temp string
	env             []string
}

// gitHub runs a job.
func gitHub(t *testing.T, on runner, job gitHubJob) (r ciRun) {
	t.Helper()
	on.env = append(append(on.env, "GITHUB_WORKSPACE="+on.workspace, "RUNNER_TEMP="+on.temp), assignments(job.Env, nil)...)
	on.steps(t, job.Steps, nil, &r)
	return r
}

var hashedFile = regexp.MustCompile(`hashFiles\('([^']+)'\)`)

func (on runner) steps(t *testing.T, steps []gitHubStep, inputs map[string]string, r *ciRun) {
	t.Helper()
	for _, s := range steps {
		switch {
		case s.If == "":
			if r.failed {
				continue
			}
		case strings.Contains(s.If, "!cancelled()"):
			if file := hashedFile.FindStringSubmatch(s.If); file != nil && !isFile(filepath.Join(on.workspace, file[1])) {
				continue
			}
		default:
			t.Fatalf("what does this condition mean? %s", s.If)
		}
		action, _, _ := strings.Cut(s.Uses, "@")
		switch action {
		case "":
			on.command(t, s, inputs, r)
		case "actions/checkout", "actions/setup-go", "azure/setup-helm": // the machine has them
		case "github/codeql-action/upload-sarif":
			require.True(t, json.Valid([]byte(read(t, on.workspace, s.With["sarif_file"].(string)))))
			r.uploaded = read(t, on.workspace, s.With["sarif_file"].(string))
		case "enmesh/enmesh/.github/actions/enmesh":
			on.action(t, s, r)
		default:
			t.Fatalf("what does this action do? %s", action)
		}
	}
}

// action runs the steps of the composite action with the inputs of a step, or with their defaults.
func (on runner) action(t *testing.T, s gitHubStep, r *ciRun) {
	t.Helper()
	folder := filepath.Join(on.workspace, ".github/actions/enmesh")
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Steps []gitHubStep }
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, folder, "action.yml")), &action))
	inputs := map[string]string{}
	for name, input := range action.Inputs {
		inputs[name] = input.Default
	}
	for name, value := range s.With {
		require.Contains(t, inputs, name)
		inputs[name] = fmt.Sprint(value)
	}
	on.env = append(on.env, "GITHUB_ACTION_PATH="+folder, "GOMODCACHE="+goEnv("GOMODCACHE"))
	steps := action.Runs.Steps
	require.Contains(t, steps[0].Run, "go build")
	if isFile(filepath.Join(on.temp, "enmesh/enmesh")) { // by an earlier test
		steps = steps[1:]
	}
	on.steps(t, steps, inputs, r)
}

// command runs the commands of a step. Without a shell, GitHub has bash stop at an error, but not at one in front of a pipe.
func (on runner) command(t *testing.T, s gitHubStep, inputs map[string]string, r *ciRun) {
	t.Helper()
	require.NotContains(t, s.Run, "${{", "text of an expression would run as code")
	options := []string{"-e"}
	if s.Shell == "bash" {
		options = []string{"--noprofile", "--norc", "-eo", "pipefail"}
	}
	script := filepath.Join(t.TempDir(), "script.sh")
	require.NoError(t, os.WriteFile(script, []byte(s.Run), 0o644))
	summary := filepath.Join(t.TempDir(), "summary.md") // GitHub gives each step an empty one
	require.NoError(t, os.WriteFile(summary, nil, 0o644))
	cmd := exec.Command("bash", append(options, script)...)
	cmd.Dir = on.workspace
	cmd.Env = append(append(on.env, assignments(s.Env, inputs)...), "GITHUB_STEP_SUMMARY="+summary)
	out := run(t, cmd)
	r.log += out.stdout + out.stderr
	r.summary += read(t, summary)
	r.failed = r.failed || out.status != 0
}

var inputExpression = regexp.MustCompile(`^\$\{\{ inputs\.(\w+) \}\}$`)

// assignments are the variables of a step, in which an expression is the value of an input.
func assignments(env, inputs map[string]string) (all []string) {
	for name, value := range env {
		if input := inputExpression.FindStringSubmatch(value); input != nil {
			value = inputs[input[1]]
		}
		all = append(all, name+"="+value)
	}
	return all
}

// gitLabJob is a job of GitLab.
type gitLabJob struct {
	Variables    map[string]string
	BeforeScript []string `json:"before_script"`
	Script       []string
	Artifacts    struct {
		When    string
		Paths   []string
		Reports map[string]string
	}
}

// gitLab runs a job, and returns what it did and the artifacts that GitLab would keep.
func gitLab(t *testing.T, on runner, job gitLabJob) (ciRun, map[string]string) {
	t.Helper()
	lines := append([]string{"set -eo pipefail"}, append(job.BeforeScript, job.Script...)...)
	cmd := exec.Command("bash", "-c", strings.Join(lines, "\n"))
	cmd.Dir = on.workspace
	cmd.Env = append(on.env, assignments(job.Variables, nil)...)
	out := run(t, cmd)
	r := ciRun{failed: out.status != 0, log: out.stdout + out.stderr}
	kept := map[string]string{}
	if r.failed && job.Artifacts.When != "always" {
		return r, kept
	}
	files := job.Artifacts.Paths
	for _, file := range job.Artifacts.Reports {
		files = append(files, file)
	}
	for _, file := range files {
		kept[file] = read(t, on.workspace, file)
	}
	return r, kept
}
