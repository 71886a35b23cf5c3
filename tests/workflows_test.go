package tests

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The workflows run what a developer can run: .ci/run, and targets of the Makefile. Each action that they use is pinned to a
// commit, each job has a time limit, and no job has more rights than it asks for.
func TestWorkflows(t *testing.T) {
	workflows, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, workflows)
	makefile := read(t, root, "Makefile")
	commit := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	made := regexp.MustCompile(`^make ([a-z-]+)( [A-Z]+=.*)*$`)
	for _, file := range workflows {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var workflow struct {
				Permissions map[string]string
				Jobs        map[string]struct {
					TimeoutMinutes int `json:"timeout-minutes"`
					Steps          []struct{ Run, Uses string }
				}
			}
			require.NoError(t, yaml.Unmarshal([]byte(read(t, file)), &workflow))
			require.NotNil(t, workflow.Permissions)
			for _, right := range workflow.Permissions {
				require.Equal(t, "read", right)
			}
			require.NotEmpty(t, workflow.Jobs)
			for name, job := range workflow.Jobs {
				require.NotZero(t, job.TimeoutMinutes, name)
				for _, step := range job.Steps {
					switch target := made.FindStringSubmatch(step.Run); {
					case step.Uses != "":
						require.Regexp(t, commit, step.Uses)
					case target != nil:
						require.Regexp(t, `(?m)^`+target[1]+`:.* ## `, makefile)
					default:
						require.Equal(t, ".ci/run", step.Run)
					}
				}
			}
		})
	}
}
