package objects

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	PrincipalNamesNobody = &analysis.Definition{Reason: "PrincipalNamesNobody", Severity: outcome.Warning,
		Message: "the policy names an identity that no pod of that namespace in the manifests has",
		Remedy:  "correct the namespace or the service account"}
	PrincipalOutsideMesh = &analysis.Definition{Reason: "PrincipalOutsideMesh", Severity: outcome.Warning,
		Message: "the policy names an identity whose pods do not join the mesh, so none of them ever comes with it",
		Remedy:  "fix what keeps the pods outside the mesh, or take the identity out of the policy"}
	PrincipalTrustDomain = &analysis.Definition{Reason: "PrincipalTrustDomain", Severity: outcome.Warning,
		Message: "the policy names an identity of another trust domain than the mesh's, which none of its pods has",
		Remedy:  "use the mesh's trust domain, or cluster.local, which stands for it; or add the other to trustDomainAliases"}
	PrincipalOptional = &analysis.Definition{Reason: "PrincipalOptional", Severity: outcome.Warning,
		Message: "the policy refuses clients by their identity, and a client in plain text has none, so it is let through where mutual TLS is not required",
		Remedy:  "require mutual TLS (STRICT) of the pods that the policy selects, or allow by identity instead"}
	PrincipalRequired = &analysis.Definition{Reason: "PrincipalRequired", Severity: outcome.Info,
		Message: "the policy lets clients in by their identity, which one in plain text has not, so it is refused although mutual TLS is not required",
		Remedy:  "require mutual TLS (STRICT) of the pods that the policy selects, so that all agree"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Policies, Kinds: []string{keys.AuthorizationPolicy},
	Findings: []*analysis.Definition{PrincipalNamesNobody, PrincipalOutsideMesh, PrincipalTrustDomain, PrincipalOptional, PrincipalRequired}, Run: findAuthorizationPolicy})

// findAuthorizationPolicy holds the identities in an AuthorizationPolicy against those that the pods will have.
func findAuthorizationPolicy(o *analysis.Object) {
	if o.Ref.Group() != keys.IstioSecurityGroup {
		return
	}
	spec := yamledit.Lookup(o.Node, "spec")
	byIdentity := false
	for i, rule := range yamledit.Items(yamledit.Lookup(spec, "rules")) {
		for j, from := range yamledit.Items(yamledit.Lookup(rule, "from")) {
			source := yamledit.Lookup(from, "source")
			at := fieldpath.Join(fieldpath.Index(fieldpath.Join(fieldpath.Index("spec.rules", i), "from"), j), "source")
			for _, field := range []string{"principals", "notPrincipals", "serviceAccounts", "notServiceAccounts"} {
				for n, item := range yamledit.Items(yamledit.Lookup(source, field)) {
					findPrincipal(o, item, fieldpath.Index(fieldpath.Join(at, field), n), field == "principals" || field == "notPrincipals")
				}
			}
			for _, field := range []string{"trustDomains", "notTrustDomains"} {
				for n, item := range yamledit.Items(yamledit.Lookup(source, field)) {
					if domain := yamledit.Text(item); !strings.Contains(domain, "*") && !isTrustDomain(o, domain) {
						o.Report(PrincipalTrustDomain, item, fieldpath.Index(fieldpath.Join(at, field), n), domain)
					}
				}
			}
			for n, item := range yamledit.Items(yamledit.Lookup(source, "namespaces")) {
				findNamespace(o, item, fieldpath.Index(fieldpath.Join(at, "namespaces"), n))
			}
			for _, field := range []string{"principals", "serviceAccounts", "namespaces"} {
				byIdentity = byIdentity || len(yamledit.Items(yamledit.Lookup(source, field))) > 0
			}
		}
	}
	switch action := yamledit.Text(yamledit.Lookup(spec, "action")); {
	case byIdentity && action == "DENY":
		findOptional(o, spec, PrincipalOptional)
	case byIdentity && (action == "" || action == "ALLOW"):
		findOptional(o, spec, PrincipalRequired)
	}
}

// principal matches an identity that is written in full; a star may stand for the trust domain. Other patterns may match much, and are left
// alone (istio.io/istio, pilot/pkg/security/authz/matcher).
var principal = pattern.Lazy(`^(\*|[^/*]+)/ns/([^/*]+)/sa/([^/*]+)$`)

// serviceAccount matches a service account, with its namespace or in the policy's.
var serviceAccount = pattern.Lazy(`^(?:([^/*]+)/)?([^/*]+)$`)

// findPrincipal looks at one identity in a policy. The first row that applies decides:
//
//	1  it is a pattern, or no pod of its namespace is in the manifests    nothing
//	2  its trust domain is none of the mesh's                             PrincipalTrustDomain
//	3  istiod makes the service account, for a Gateway                    nothing
//	4  no pod of the namespace has the service account                    PrincipalNamesNobody
//	5  none of the pods that have it is in the mesh                       PrincipalOutsideMesh
func findPrincipal(o *analysis.Object, item *yaml.Node, field string, isPrincipal bool) {
	text := yamledit.Text(item)
	domain, namespace, account := "*", o.Ref.Namespace, ""
	if parts := principal().FindStringSubmatch(text); isPrincipal && parts != nil {
		domain, namespace, account = parts[1], parts[2], parts[3]
	} else if parts := serviceAccount().FindStringSubmatch(text); !isPrincipal && parts != nil {
		if parts[1] != "" {
			namespace = parts[1]
		}
		account = parts[2]
	}
	pods := o.Pods.InNamespace(namespace)
	known := slices.ContainsFunc(pods, func(p *policy.Pod) bool { return p.ServiceAccount != "" })
	if account == "" || !known {
		return
	}
	having := slices.DeleteFunc(slices.Clone(pods), func(p *policy.Pod) bool { return p.ServiceAccount != account })
	switch {
	case !isOfMesh(o, domain):
		o.Report(PrincipalTrustDomain, item, field, domain)
	case o.Facts.MakesServiceAccount(namespace, account):
	case len(having) == 0:
		o.Report(PrincipalNamesNobody, item, field, text)
	case !slices.ContainsFunc(having, func(p *policy.Pod) bool { return p.Verdict.InMesh() }):
		o.Report(PrincipalOutsideMesh, item, field, fmt.Sprintf("%s (%s)", having[0].Resource, having[0].VerdictReason))
	}
}

// findNamespace looks at a namespace in a policy, of which none of the pods in the manifests is in the mesh.
func findNamespace(o *analysis.Object, item *yaml.Node, field string) {
	pods := o.Pods.InNamespace(yamledit.Text(item))
	if len(pods) > 0 && !slices.ContainsFunc(pods, func(p *policy.Pod) bool { return p.Verdict.InMesh() }) {
		o.Report(PrincipalOutsideMesh, item, field, fmt.Sprintf("%s (%s)", pods[0].Resource, pods[0].VerdictReason))
	}
}

// isOfMesh says whether the trust domain in an identity is the mesh's, or may be. There, cluster.local stands for the mesh's.
func isOfMesh(o *analysis.Object, domain string) bool {
	return domain == "*" || domain == mesh.DefaultTrustDomain || isTrustDomain(o, domain)
}

// isTrustDomain says whether a trust domain is the mesh's, or may be.
func isTrustDomain(o *analysis.Object, domain string) bool {
	own := o.Facts.MeshTrustDomain(o.Config().TrustDomain)
	return own == "" || domain == own || slices.Contains(o.Facts.Settings(mesh.DefaultRevision).TrustDomainAliases, domain)
}

// findOptional looks for pods that such a policy selects, and that do not require mutual TLS.
func findOptional(o *analysis.Object, spec *yaml.Node, d *analysis.Definition) {
	selector := manifest.NewLabels(manifest.StringMap(yamledit.Lookup(spec, "selector", "matchLabels")))
	for _, p := range o.Pods.InNamespace(o.Ref.Namespace) {
		if !p.Verdict.InMesh() || p.Role == outcome.Gateway || !p.Labels.Match(selector) {
			continue
		}
		if mode, _ := o.Pods.MutualTLS(p); mode != "STRICT" {
			o.Report(d, yamledit.Lookup(spec, "action"), "spec.action", p.Resource.String())
			return
		}
	}
}
