package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/istio/pilot/pkg/security/trustdomain"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// An identity in an AuthorizationPolicy is one of the mesh's exactly where istiod makes it match one: by the mesh's trust domain, by its
// aliases, or by cluster.local, which stands for it.
func TestPrincipals(t *testing.T) {
	compared := 0
	for _, own := range []string{"example.org", "cluster.local"} {
		for _, aliases := range [][]string{nil, {"old.org"}, {"old.org", "older.org"}} {
			for _, domain := range []string{"example.org", "cluster.local", "old.org", "older.org", "other.org", "*"} {
				named := domain + "/ns/shop/sa/web"
				stream := fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    trustDomain: %s
    trustDomainAliases: [%s]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {serviceAccountName: web}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  rules:
  - from:
    - source: {principals: ['%s']}
`, own, strings.Join(aliases, ", "), named)
				out, _ := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}, []byte(stream))
				refused := slices.ContainsFunc(out.Findings, func(f outcome.ObjectFinding) bool { return f.Reason == "PrincipalTrustDomain" })
				identity := own + "/ns/shop/sa/web"
				matches := slices.ContainsFunc(trustdomain.NewBundle(own, aliases).ReplaceTrustDomainAliases([]string{named}), func(p string) bool {
					return p == identity || strings.HasPrefix(p, "*") && strings.HasSuffix(identity, p[1:])
				})
				require.Equal(t, matches, !refused, "%s in the mesh %s with the aliases %v", named, own, aliases)
				compared++
			}
		}
	}
	require.Equal(t, 36, compared)
}
