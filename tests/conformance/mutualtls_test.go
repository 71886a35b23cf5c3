package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/api/security/v1beta1"
	"istio.io/istio/pilot/pkg/security/authn"
	istio "istio.io/istio/pkg/config"
	"istio.io/istio/pkg/util/protomarshal"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// What enmesh says that a pod asks of its clients is what istiod makes of the PeerAuthentications that come out, in meshes
// that are made up.
func TestMutualTLS(t *testing.T) {
	said := map[string]int{}
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		made := madeUpMesh(random)
		spec := config.MeshEnrollmentSpec{All: true}
		if random.IntN(2) == 0 {
			spec.PeerAuthentication = "STRICT"
		}
		out, text := transform(t, config.MeshEnrollment{Spec: spec}, []byte(made))
		for _, p := range out.Pods {
			require.Equal(t, outcome.SPIRE, p.Verdict)
		}
		require.Equal(t, len(out.Pods), requireMutualTLS(t, out, text, said))
	}
	for _, mode := range []string{"", "STRICT", "PERMISSIVE", "DISABLE", "by port"} {
		require.NotZero(t, said[mode], "no mesh shows %q", mode)
	}
}

// requireMutualTLS compares the modes of the sidecars in an outcome with what istiod makes of the policies in the output. It counts the
// modes, and returns how many pods it compared.
func requireMutualTLS(t *testing.T, out *outcome.Outcome, text []byte, said map[string]int) int {
	t.Helper()
	objects := decode(text)
	policies := peerAuthentications(t, objects)
	compared := 0
	for _, s := range subjects(out, objects, nil) {
		p := s.said
		if !p.Verdict.InMesh() || p.Role == outcome.Gateway {
			continue
		}
		compared++
		want := authn.ComposePeerAuthentication("istio-system", about(policies, p.Resource.Namespace, s.pod.Labels))
		mode := func(own string) string {
			return map[string]string{"": "PERMISSIVE"}[own] + own
		}
		require.Equal(t, want.Mode.String(), mode(p.MutualTLS), "%s\n%s", p.Resource, text)
		said[p.MutualTLS]++
		for port, portMode := range want.PerPort {
			own := p.MutualTLSPorts[fmt.Sprint(port)]
			if own == "" {
				own = p.MutualTLS
			}
			require.Equal(t, portMode.String(), mode(own), "%s port %d", p.Resource, port)
			said["by port"]++
		}
		for port := range p.MutualTLSPorts {
			require.Contains(t, fmt.Sprint(want.PerPort), port)
		}
	}
	return compared
}

// The same for real charts with STRICT, which bring webhooks, and for the example of a whole mesh.
func TestMutualTLSOfCharts(t *testing.T) {
	charts, err := filepath.Glob("../../../shared/corpus/*.yaml")
	require.NoError(t, err)
	example, err := filepath.Glob("../../examples/mesh/manifests/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, example)
	said, compared := map[string]int{}, 0
	for _, file := range slices.Concat(charts, example) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		out, enrolled := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, PeerAuthentication: "STRICT"}}, text)
		compared += requireMutualTLS(t, out, enrolled, said)
	}
	require.NotZero(t, said["STRICT"])
	if len(charts) > 0 {
		require.NotZero(t, said["by port"], "no chart has a webhook")
	}
	t.Logf("%d pods compared: %v", compared, said)
}

// madeUpMesh has pods and PeerAuthentications of few names, so that many meet.
func madeUpMesh(random *rand.Rand) string {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var documents []string
	for i := range 1 + random.IntN(6) {
		document := fmt.Sprintf("apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: %s%d, namespace: %s}\nspec:\n",
			one("a", "m", "z"), i, one("istio-system", "shop", "blog"))
		selector := one("", "", "app: web", "app: api", "tier: x", "app: web, tier: x")
		if selector != "" {
			document += "  selector: {matchLabels: {" + selector + "}}\n"
		}
		document += one("", "  mtls: {}\n", "  mtls: {mode: UNSET}\n", "  mtls: {mode: STRICT}\n", "  mtls: {mode: PERMISSIVE}\n", "  mtls: {mode: DISABLE}\n")
		if selector != "" {
			document += one("", "  portLevelMtls: {80: {mode: STRICT}, 81: {mode: UNSET}, 82: {mode: DISABLE}}\n")
		}
		documents = append(documents, strings.Replace(document+"\n", "spec:\n\n", "spec: {}\n", 1))
	}
	for i := range 1 + random.IntN(4) {
		documents = append(documents, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s%d, namespace: %s, labels: {app: %s, tier: %s}}\n"+
			"spec: {serviceAccountName: web}\n", one("b", "n"), i, one("istio-system", "shop", "blog"), one("web", "api"), one("x", "z")))
	}
	random.Shuffle(len(documents), func(i, j int) { documents[i], documents[j] = documents[j], documents[i] })
	return strings.Join(documents, "---\n")
}

// peerAuthentications reads them from a stream, in the order in which istiod goes by those that were made at once.
func peerAuthentications(t *testing.T, objects []object) []*istio.Config {
	t.Helper()
	var policies []*istio.Config
	for _, o := range objects {
		if o.Kind != "PeerAuthentication" {
			continue
		}
		var body struct{ Spec json.RawMessage }
		o.into(t, &body)
		spec := &v1beta1.PeerAuthentication{}
		require.NoError(t, protomarshal.ApplyJSON(string(body.Spec), spec))
		policies = append(policies, &istio.Config{Meta: istio.Meta{Name: o.Metadata.Name, Namespace: o.Metadata.Namespace}, Spec: spec})
	}
	slices.SortFunc(policies, func(a, b *istio.Config) int { return strings.Compare(a.Name, b.Name) })
	return policies
}

// about are the policies that istiod looks at for a pod: those of its namespace and of the root namespace that select it.
func about(policies []*istio.Config, namespace string, labels map[string]string) []*istio.Config {
	var about []*istio.Config
	for _, policy := range policies {
		selected := policy.Namespace == namespace || policy.Namespace == "istio-system"
		for key, value := range policy.Spec.(*v1beta1.PeerAuthentication).GetSelector().GetMatchLabels() {
			selected = selected && labels[key] == value
		}
		if selected {
			about = append(about, policy)
		}
	}
	return about
}
