package conformance

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	rbac "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"github.com/stretchr/testify/require"
	authz "istio.io/api/security/v1beta1"
	"istio.io/istio/pilot/pkg/security/authz/model"
	"istio.io/istio/pilot/pkg/security/trustdomain"
	"k8s.io/apimachinery/pkg/types"

	"enmesh.dev/enmesh/fn/mesh"
)

// Whether a rule of an AuthorizationPolicy is about a client, enmesh says as the rules do that istiod makes of it for Envoy, for sources and
// clients of few names, so that many meet.
func TestAuthorizationPolicies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	some := func(of ...string) []string {
		var list []string
		for range max(0, random.IntN(5)-2) {
			list = append(list, one(of...))
		}
		return list
	}
	principal := func() []string {
		return some("*", "*/sa/web", "example.org/ns/shop/sa/web", "cluster.local/ns/shop/sa/web", "old.org/ns/shop/sa/web", "other.org/ns/shop/sa/web",
			"example.org/*", "example.org/ns/sh*", "*/ns/shop/sa/api", "old.org/*")
	}
	namespaces := func() []string { return some("shop", "*", "sh*", "*op", "s*p", "other", "shops", "*s*") }
	accounts := func() []string { return some("web", "shop/web", "other/web", "api", "shop/we") }
	domains := func() []string {
		return some("example.org", "*", "*.org", "ex*", "old.org", "cluster.local", "other.org")
	}
	matched, total := 0, 20000
	for range total {
		source := mesh.Source{Principals: principal(), NotPrincipals: principal(), Namespaces: namespaces(), NotNamespaces: namespaces(),
			ServiceAccounts: accounts(), NotServiceAccounts: accounts(), TrustDomains: domains(), NotTrustDomains: domains()}
		client := mesh.Client{TrustDomain: one("example.org", "cluster.local"), Namespace: one("shop", "other"), ServiceAccount: one("web", "api")}
		if random.IntN(2) == 0 {
			client.Aliases = []string{"old.org"}
		}
		m, err := model.New(types.NamespacedName{Namespace: "shop", Name: "policy"}, &authz.Rule{From: []*authz.Rule_From{{Source: &authz.Source{
			Principals: source.Principals, NotPrincipals: source.NotPrincipals, Namespaces: source.Namespaces, NotNamespaces: source.NotNamespaces,
			ServiceAccounts: source.ServiceAccounts, NotServiceAccounts: source.NotServiceAccounts, TrustDomains: source.TrustDomains, NotTrustDomains: source.NotTrustDomains,
		}}}})
		require.NoError(t, err)
		m.MigrateTrustDomain(trustdomain.NewBundle(client.TrustDomain, client.Aliases))
		policy, err := m.Generate(true, true, rbac.RBAC_ALLOW)
		require.NoError(t, err)
		want := false
		for _, p := range policy.Principals {
			want = want || isPrincipal(t, p, "spiffe://"+client.TrustDomain+"/ns/"+client.Namespace+"/sa/"+client.ServiceAccount)
		}
		require.Equal(t, want, mesh.MayMatch([]mesh.Source{source}, "shop", client), "%+v\n%+v", source, client)
		if want {
			matched++
		}
	}
	require.Greater(t, matched, total/20)
	require.Less(t, matched, total*19/20)
}

// isPrincipal says whether a principal of Envoy's RBAC filter is a client with this URI.
func isPrincipal(t *testing.T, p *rbac.Principal, uri string) bool {
	t.Helper()
	switch id := p.Identifier.(type) {
	case *rbac.Principal_AndIds:
		for _, one := range id.AndIds.Ids {
			if !isPrincipal(t, one, uri) {
				return false
			}
		}
		return true
	case *rbac.Principal_OrIds:
		for _, one := range id.OrIds.Ids {
			if isPrincipal(t, one, uri) {
				return true
			}
		}
		return false
	case *rbac.Principal_NotId:
		return !isPrincipal(t, id.NotId, uri)
	case *rbac.Principal_Any:
		return id.Any
	case *rbac.Principal_Authenticated_:
		return matchesString(t, id.Authenticated.PrincipalName, uri)
	}
	require.Fail(t, "unknown principal", "%T", p.Identifier)
	return false
}

func matchesString(t *testing.T, m *matcher.StringMatcher, text string) bool {
	t.Helper()
	switch pattern := m.MatchPattern.(type) {
	case *matcher.StringMatcher_Exact:
		return text == pattern.Exact
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(text, pattern.Prefix)
	case *matcher.StringMatcher_Suffix:
		return strings.HasSuffix(text, pattern.Suffix)
	case *matcher.StringMatcher_SafeRegex:
		return regexp.MustCompile("^(?:" + pattern.SafeRegex.Regex + ")$").MatchString(text)
	}
	require.Fail(t, "unknown matcher", "%T", m.MatchPattern)
	return false
}
