package manifest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn/config"
)

// Where each known kind has its pods, and whether they must complete.
func TestKinds(t *testing.T) {
	kinds, rows := NewKinds(nil), 0
	for _, c := range []struct {
		apiVersion, kind string
		job              bool
		paths            []string
	}{
		{"v1", "Pod", false, []string{""}},
		{"v1", "PodTemplate", false, []string{"template"}},
		{"v1", "ReplicationController", false, []string{"spec/template"}},
		{"apps/v1", "Deployment", false, []string{"spec/template"}},
		{"apps/v1", "ReplicaSet", false, []string{"spec/template"}},
		{"apps/v1", "StatefulSet", false, []string{"spec/template"}},
		{"apps/v1", "DaemonSet", false, []string{"spec/template"}},
		{"extensions/v1beta1", "Deployment", false, []string{"spec/template"}},
		{"extensions/v1beta1", "ReplicaSet", false, []string{"spec/template"}},
		{"extensions/v1beta1", "DaemonSet", false, []string{"spec/template"}},
		{"batch/v1", "Job", true, []string{"spec/template"}},
		{"batch/v1", "CronJob", true, []string{"spec/jobTemplate/spec/template"}},
		{"v1", "DeploymentConfig", false, []string{"spec/template"}},
		{"apps.openshift.io/v1", "DeploymentConfig", false, []string{"spec/template"}},
	} {
		var paths []string
		for _, row := range kinds.Find(c.apiVersion, c.kind) {
			paths = append(paths, row.Path)
			require.Equal(t, c.job, row.IsJob, c.kind)
		}
		require.Equal(t, c.paths, paths, "%s %s", c.apiVersion, c.kind)
		rows += len(paths)
	}
	for _, row := range builtinKinds {
		if isOperated(&row) {
			rows++
		}
	}
	require.Len(t, builtinKinds, rows, "a row is neither in this list nor an operator's")
	for _, none := range [][2]string{{"", "Pod"}, {"v2", "Pod"}, {"example.org/v1", "Deployment"}, {"v1", "Service"}, {"apps/v1", "Pod"}} {
		require.Nil(t, kinds.Find(none[0], none[1]), none)
	}
}

// Custom rows override the built-in ones of their kind, and of two with one path the first counts.
func TestCustomKinds(t *testing.T) {
	row := func(group, path string) config.PodTemplate {
		p := config.PodTemplate{}
		p.Group, p.Kind, p.Path = group, "JobSet", path
		return p
	}
	kinds := NewKinds([]config.PodTemplate{row("jobset.x-k8s.io", "a"), row("", "b"), row("jobset.x-k8s.io", "a"), row("other", "c")})
	var paths []string
	for _, found := range kinds.Find("jobset.x-k8s.io/v1", "JobSet") {
		paths = append(paths, found.Path)
	}
	require.Equal(t, []string{"a", "b"}, paths)
	require.Len(t, kinds.Find("any/v1", "JobSet"), 1)
}
