package conformance

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn/config"
)

// The overlay that enmesh adds for a Gateway gives the pods one volume, of the driver alone, whatever istiod's template makes of it: an emptyDir
// before Istio 1.31, and nothing since. istiod merges overlays with this function.
func TestOverlay(t *testing.T) {
	gateway := "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\nspec: {gatewayClassName: istio, listeners: []}\n"
	var overlay corev1.ConfigMap
	_, out := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, WorkloadSocket: config.WorkloadSocket{File: "agent.sock"}}}, []byte(gateway))
	for _, o := range decode(out) {
		if o.Kind == "ConfigMap" {
			o.into(t, &overlay)
		}
	}
	patch, err := yaml.YAMLToJSON([]byte(overlay.Data["deployment"]))
	require.NoError(t, err)
	for _, emptyDir := range []string{"{}", "null"} {
		template := fmt.Sprintf(`{"spec": {"template": {"spec": {"containers": [{"name": "istio-proxy", "image": "proxyv2", "env": [{"name": "A", "value": "b"}]}],
			"volumes": [{"name": "workload-socket", "emptyDir": %s}, {"name": "istio-data", "emptyDir": {}}]}}}}`, emptyDir)
		merged, err := strategicpatch.StrategicMergePatch([]byte(template), patch, appsv1.Deployment{})
		require.NoError(t, err)
		var deployment appsv1.Deployment
		require.NoError(t, json.Unmarshal(merged, &deployment))
		pod := deployment.Spec.Template.Spec
		require.Len(t, pod.Volumes, 2)
		for _, v := range pod.Volumes {
			if v.Name == "workload-socket" {
				require.Nil(t, v.EmptyDir, emptyDir)
				require.Equal(t, "csi.spiffe.io", v.CSI.Driver)
				require.True(t, *v.CSI.ReadOnly)
			}
		}
		require.Len(t, pod.Containers, 1)
		require.Len(t, pod.Containers[0].Env, 2)
		require.Equal(t, "proxyv2", pod.Containers[0].Image)
	}
}
