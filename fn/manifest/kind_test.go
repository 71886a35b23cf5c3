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
		job, operated    bool
		paths            []string
	}{
		{"v1", "Pod", false, false, []string{""}},
		{"v1", "PodTemplate", false, false, []string{"template"}},
		{"v1", "ReplicationController", false, false, []string{"spec/template"}},
		{"apps/v1", "Deployment", false, false, []string{"spec/template"}},
		{"apps/v1", "ReplicaSet", false, false, []string{"spec/template"}},
		{"apps/v1", "StatefulSet", false, false, []string{"spec/template"}},
		{"apps/v1", "DaemonSet", false, false, []string{"spec/template"}},
		{"extensions/v1beta1", "Deployment", false, false, []string{"spec/template"}},
		{"extensions/v1beta1", "ReplicaSet", false, false, []string{"spec/template"}},
		{"extensions/v1beta1", "DaemonSet", false, false, []string{"spec/template"}},
		{"batch/v1", "Job", true, false, []string{"spec/template"}},
		{"batch/v1", "CronJob", true, false, []string{"spec/jobTemplate/spec/template"}},
		{"v1", "DeploymentConfig", false, false, []string{"spec/template"}},
		{"apps.openshift.io/v1", "DeploymentConfig", false, false, []string{"spec/template"}},
		{"argoproj.io/v1alpha1", "Rollout", false, false, []string{"spec/template"}},
		{"argoproj.io/v1alpha1", "Workflow", true, true, []string{"spec/podMetadata"}},
		{"argoproj.io/v1alpha1", "WorkflowTemplate", true, true, []string{"spec/podMetadata"}},
		{"argoproj.io/v1alpha1", "ClusterWorkflowTemplate", true, true, []string{"spec/podMetadata"}},
		{"argoproj.io/v1alpha1", "CronWorkflow", true, true, []string{"spec/workflowSpec/podMetadata"}},
		{"serving.knative.dev/v1", "Service", false, true, []string{"spec/template"}},
		{"serving.knative.dev/v1", "Configuration", false, true, []string{"spec/template"}},
		{"sources.knative.dev/v1", "ContainerSource", false, true, []string{"spec/template"}},
		{"sinks.knative.dev/v1alpha1", "JobSink", true, true, []string{"spec/job/spec/template"}},
		{"jobset.x-k8s.io/v1alpha2", "JobSet", true, true, []string{"spec/replicatedJobs[]/template/spec/template"}},
		{"leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", false, true, []string{"spec/leaderWorkerTemplate/leaderTemplate", "spec/leaderWorkerTemplate/workerTemplate"}},
		{"apps.kruise.io/v1alpha1", "CloneSet", false, true, []string{"spec/template"}},
		{"apps.kruise.io/v1beta1", "StatefulSet", false, true, []string{"spec/template"}},
		{"apps.kruise.io/v1alpha1", "DaemonSet", false, true, []string{"spec/template"}},
		{"apps.kruise.io/v1alpha1", "BroadcastJob", true, true, []string{"spec/template"}},
		{"apps.kruise.io/v1alpha1", "AdvancedCronJob", true, true, []string{"spec/template/jobTemplate/spec/template", "spec/template/broadcastJobTemplate/spec/template"}},
		{"apps.kruise.io/v1alpha1", "UnitedDeployment", false, true, []string{"spec/template/statefulSetTemplate/spec/template", "spec/template/advancedStatefulSetTemplate/spec/template",
			"spec/template/cloneSetTemplate/spec/template", "spec/template/deploymentTemplate/spec/template"}},
		{"keda.sh/v1alpha1", "ScaledJob", true, true, []string{"spec/jobTargetRef/template"}},
	} {
		var paths []string
		for _, row := range kinds.Find(c.apiVersion, c.kind) {
			paths = append(paths, row.Path)
			require.Equal(t, c.job, row.IsJob, c.kind)
			require.Equal(t, c.operated, row.ByOperator, c.kind)
		}
		require.Equal(t, c.paths, paths, "%s %s", c.apiVersion, c.kind)
		rows += len(paths)
	}
	require.Len(t, builtinKinds, rows, "a row is not in this list")
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
