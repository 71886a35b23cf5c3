package analysis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
)

// What a verdict takes for granted, and what makes it a fact.
func TestAssumptions(t *testing.T) {
	const (
		plain     = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web}\n"
		host      = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web, hostNetwork: true}\n"
		out       = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {sidecar.istio.io/inject: 'false'}}\nspec: {serviceAccountName: web}\n"
		no        = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {sidecar.istio.io/inject: 'no'}}\nspec: {serviceAccountName: web}\n"
		shared    = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web, containers: [{name: a, volumeMounts: [{name: workload-socket}]}], volumes: [{name: workload-socket, emptyDir: {}}]}\n"
		twice     = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, annotations: {inject.istio.io/templates: 'sidecar,gateway'}}\nspec: {serviceAccountName: web, containers: [{name: a}]}\n"
		canary    = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {istio.io/rev: canary}}\nspec: {serviceAccountName: web}\n"
		namespace = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
		driver    = "---\napiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: csi.spiffe.io}\n"
		webhook   = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: istio, labels: {istio.io/rev: default}}\n"
		agent     = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: agent}\ndata: {agent.conf: '{\"agent\": {\"socket_path\": \"/a/socket\"}}'}\n"
		manager   = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: manager}\ndata: {m.yaml: '{kind: ControllerManagerConfig, className: spire, trustDomain: example.org}'}\n"
		mesh      = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata: {mesh: 'trustDomain: example.org'}\n"
		id        = "---\napiVersion: spire.spiffe.io/v1alpha1\nkind: ClusterSPIFFEID\nmetadata: {name: mesh}\nspec: {className: spire, spiffeIDTemplate: x, podSelector: {matchLabels: {spire-managed-identity: 'true'}}}\n"
		perhaps   = "---\napiVersion: spire.spiffe.io/v1alpha1\nkind: ClusterSPIFFEID\nmetadata: {name: mesh}\nspec: {className: spire, spiffeIDTemplate: x, namespaceSelector: {matchLabels: {team: a}}}\n"
	)
	all := config.MeshEnrollmentSpec{All: true}
	usual := "IstiodInjects TemplateExists NamespaceInjects DriverInstalled SocketName PodRegistered TrustDomain"
	without := func(name string) string {
		return strings.Join(strings.Fields(strings.Replace(usual, name, "", 1)), " ")
	}
	for _, c := range []struct {
		name, text string
		spec       config.MeshEnrollmentSpec
		want       string
	}{
		{"all", plain, all, usual},
		{"of a revision", canary, all, usual},
		{"namespace", plain + namespace, all, without("NamespaceInjects")},
		{"driver", plain + driver, all, without("DriverInstalled")},
		{"webhook", plain + webhook, all, without("IstiodInjects")},
		{"agent", plain + agent, all, without("SocketName")},
		{"trust domain", plain + manager + mesh, all, without("TrustDomain")},
		{"trust domain of SPIRE alone", plain + manager, all, usual},
		{"registration", plain + id, all, usual},
		{"registration, and who handles it", plain + id + manager + mesh, all, "IstiodInjects TemplateExists NamespaceInjects DriverInstalled SocketName"},
		{"registration that depends on the namespace", plain + perhaps + manager + mesh, all, "IstiodInjects TemplateExists NamespaceInjects DriverInstalled SocketName PodRegistered"},
		{"volume in the pod", plain, config.MeshEnrollmentSpec{All: true, WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket}}, without("TemplateExists")},
		{"not selected", plain, config.MeshEnrollmentSpec{}, "NamespaceDoesNotInject"},
		{"not selected, in a namespace", plain + namespace, config.MeshEnrollmentSpec{}, ""},
		{"host network", host, all, ""},
		{"opted out by Istio's label", out, all, ""},
		{"opted out by a word that Istio does not know", no, all, "NamespaceDoesNotInject"},
		{"a volume of its own", shared, all, "NamespaceDoesNotInject"},
		{"refused where sidecars are native", twice, all, "TemplateExists NativeSidecars"},
	} {
		transformer, err := fn.New(config.MeshEnrollment{Spec: c.spec})
		require.NoError(t, err)
		out, err := transformer.Transform(stream.Stream{Name: "in", Bytes: []byte(c.text)})
		require.NoError(t, err)
		var names []string
		for _, a := range out.Pods[0].Assumptions {
			names = append(names, a.Name)
			require.NotEmpty(t, a.Message)
		}
		require.Equal(t, c.want, strings.Join(names, " "), "%s: %s %s", c.name, out.Pods[0].Verdict, out.Pods[0].VerdictReason)
	}
}
