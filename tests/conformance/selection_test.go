package conformance

import (
	"fmt"
	"testing"

	"enmesh.dev/enmesh/fn/config"
)

// TestSelection holds enmesh to the selectors of Istio's webhooks, and to what the injector looks at once more.
func TestSelection(t *testing.T) {
	for _, mode := range modes {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/all %v", mode, all), func(t *testing.T) {
				t.Parallel()
				var g grid
				for _, injection := range []string{"-", "enabled", "disabled", "other", ""} {
					for _, revision := range []string{"-", "default", "canary"} {
						labels := set("istio-injection", injection, "istio.io/rev", revision)
						name := fmt.Sprintf("n%d", len(g.words))
						g.add(t, m{"apiVersion": "v1", "kind": "Namespace", "metadata": m{"name": name, "labels": labels}})
						g.addSelected(t, name, labels)
					}
				}
				g.addSelected(t, "kube-system", nil)
				g.requireAgreement(t, config.MeshEnrollmentSpec{Mode: mode, All: all})
			})
		}
	}
}

func (g *grid) addSelected(t *testing.T, namespace string, of m) {
	for _, label := range []string{"-", "true", "false", "other", ""} {
		for _, annotation := range []string{"-", "true", "false"} {
			for _, revision := range []string{"-", "default", "canary"} {
				for _, host := range []bool{false, true} {
					labels, annotations := set("sidecar.istio.io/inject", label, "istio.io/rev", revision), set("sidecar.istio.io/inject", annotation)
					words := fmt.Sprintf("namespace %v, labels %v, annotations %v, host network %v", of, labels, annotations, host)
					g.addPod(t, words, m{"namespace": namespace, "labels": labels, "annotations": annotations}, m{"containers": []m{app}, "hostNetwork": host})
				}
			}
		}
	}
}
