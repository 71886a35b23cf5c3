package live

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/plane"
)

const admittedNamespace = "admitted"

// bareWorkloads have no mesh settings but for a templates annotation, which is completed, and one opt-out.
const bareWorkloads = `apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: web, image: web:v1}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mounting}
spec:
  selector: {matchLabels: {app: mounting}}
  template:
    metadata:
      labels: {app: mounting}
      annotations: {inject.istio.io/templates: sidecar}
    spec:
      containers: [{name: web, image: web:v1}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec:
  template:
    metadata: {labels: {app: job}}
    spec:
      restartPolicy: Never
      containers: [{name: job, image: job:v1}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge}
spec:
  selector: {matchLabels: {app: edge}}
  template:
    metadata: {labels: {app: edge}}
    spec:
      containers: [{name: istio-proxy, image: auto}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: out}
spec:
  selector: {matchLabels: {app: out}}
  template:
    metadata: {labels: {app: out, enmesh.dev/enroll: 'false'}}
    spec:
      containers: [{name: web, image: web:v1}]
`

// testAdmission holds the exported MutatingAdmissionPolicy with istiod behind it: workloads that enmesh never saw become what enmesh says of the
// same workloads when it enrolls them: injected, registered, with an identity from SPIRE.
func testAdmission(t *testing.T, p *plane.Plane) {
	p.CreateNamespace(t, admittedNamespace, nil)
	registerShapes(t, p)
	config := filepath.Join(t.TempDir(), "enmesh.yaml")
	require.NoError(t, os.WriteFile(config, []byte(`apiVersion: enmesh.dev/v1alpha1
kind: MeshEnrollment
spec:
  targets: [{namespace: `+admittedNamespace+`}]
  hooks: Enroll
  trustDomain: `+plane.TrustDomain+`
`), 0o644))
	p.Client.ApplyAll(t, enrolled(t, "", "--config", config, "--export", "mutating-admission-policy"), "")
	said := map[string]outcome.Pod{}
	for _, pod := range report(t, bareWorkloads, "--config", config, "--namespace", admittedNamespace) {
		said[pod.Resource.Name] = pod
	}
	require.Len(t, said, 5)

	probe := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"generateName": "probe-"},
		"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "web:v1"}}}}
	plane.Await(t, "the policy is in force", time.Minute, func() error {
		var pod corev1.Pod
		if err := p.Client.Post("/api/v1/namespaces/"+admittedNamespace+"/pods?dryRun=All", probe, &pod); err != nil || pod.Labels["sidecar.istio.io/inject"] == "true" {
			return err
		}
		return errors.New("it changes no pod")
	})
	p.Client.ApplyAll(t, bareWorkloads, admittedNamespace)
	n := node(t, p)
	for name, want := range said {
		pod := awaitPod(t, p, admittedNamespace, "app", name)
		at := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "workload-socket" })
		if want.Verdict == outcome.Bare {
			require.Equal(t, "out", name)
			require.Equal(t, -1, at, name)
			require.False(t, hasProxy(&pod), name)
			continue
		}
		require.Equal(t, outcome.SPIRE, want.Verdict, name)
		require.GreaterOrEqual(t, at, 0, name)
		require.NotNil(t, pod.Spec.Volumes[at].CSI, name)
		requireIdentity(t, p, n, pod, want)
	}
}
