package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
		objects := decode(text)
		policies := peerAuthentications(t, objects)
		pods := subjects(out, objects, nil)
		require.Len(t, pods, len(out.Pods))
		for _, s := range pods {
			p := s.said
			require.Equal(t, outcome.SPIRE, p.Verdict)
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
				require.Equal(t, portMode.String(), mode(own), "%s port %d\n%s", p.Resource, port, out)
				said["by port"]++
			}
			for port := range p.MutualTLSPorts {
				require.Contains(t, fmt.Sprint(want.PerPort), port)
			}
		}
	}
	for _, mode := range []string{"", "STRICT", "PERMISSIVE", "DISABLE", "by port"} {
		require.NotZero(t, said[mode], "no mesh shows %q", mode)
	}
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
