package mesh

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// AuthorizationPolicy is an AuthorizationPolicy of Istio.
type AuthorizationPolicy struct {
	Ref      manifest.ResourceRef
	Selector manifest.Labels // matchLabels; nil if it applies to the whole namespace
	Action   string          // ALLOW if it has none
	// Sources are those of its rules, one list for each rule. A rule without sources is about any client.
	Sources [][]Source
}

// Source is what a rule asks of a client's identity. A list that is empty asks nothing.
type Source struct {
	Principals, NotPrincipals           []string
	Namespaces, NotNamespaces           []string
	ServiceAccounts, NotServiceAccounts []string
	TrustDomains, NotTrustDomains       []string // from Istio 1.31 on
}

func (f *Facts) gatherAuthorizationPolicy(o manifest.Object) {
	if o.Ref.Group() != keys.IstioSecurityGroup {
		return
	}
	spec := yamledit.Lookup(o.Node, "spec")
	p := AuthorizationPolicy{Ref: o.Ref, Action: text(spec, "action"),
		Selector: manifest.NewLabels(manifest.StringMap(yamledit.Lookup(spec, "selector", "matchLabels")))}
	if p.Action == "" {
		p.Action = "ALLOW"
	}
	for _, rule := range yamledit.Items(yamledit.Lookup(spec, "rules")) {
		var sources []Source
		for _, from := range yamledit.Items(yamledit.Lookup(rule, "from")) {
			source := yamledit.Lookup(from, "source")
			list := func(name string) []string { return yamledit.Texts(yamledit.Lookup(source, name)) }
			sources = append(sources, Source{list("principals"), list("notPrincipals"), list("namespaces"), list("notNamespaces"),
				list("serviceAccounts"), list("notServiceAccounts"), list("trustDomains"), list("notTrustDomains")})
		}
		p.Sources = append(p.Sources, sources)
	}
	f.AuthorizationPolicies = append(f.AuthorizationPolicies, p)
}

// Client is the identity of a client in the mesh. The trust domain is empty if it is not known.
type Client struct {
	TrustDomain, Namespace, ServiceAccount string
	Aliases                                []string // of the trust domain
}

// MayMatch says whether a rule with these sources may be about a client: whether one of them is. A source in another namespace than the
// policy's names a service account with its namespace.
func MayMatch(sources []Source, policyNamespace string, c Client) bool {
	if len(sources) == 0 {
		return true
	}
	for _, s := range sources {
		if asks(s.Principals, c.hasPrincipal, true) && asks(s.NotPrincipals, c.hasPrincipal, false) &&
			asks(s.Namespaces, c.isIn, true) && asks(s.NotNamespaces, c.isIn, false) &&
			asks(s.ServiceAccounts, c.hasAccount(policyNamespace), true) && asks(s.NotServiceAccounts, c.hasAccount(policyNamespace), false) &&
			asks(s.TrustDomains, c.isOf, true) && asks(s.NotTrustDomains, c.isOf, false) {
			return true
		}
	}
	return false
}

// asks says whether a client has what a list asks: one of the patterns or, the other way round, none of them.
func asks(patterns []string, has func(string) bool, want bool) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, pattern := range patterns {
		if has(pattern) {
			return want
		}
	}
	return !want
}

// isOf says whether the client is of a trust domain, or of one of which the mesh's is an alias. One that is not known counts as any.
func (c Client) isOf(pattern string) bool {
	return c.TrustDomain == "" || matchGlob(pattern, c.TrustDomain) || slices.Contains(c.Aliases, pattern)
}

// isIn says whether the client is in a namespace. To Istio a star stands for anything up to the end of the identity (istio.io/istio,
// pilot/pkg/security/authz/model, srcNamespaceGenerator).
func (c Client) isIn(pattern string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == c.Namespace
	}
	expression := "/ns/" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "/"
	return regexp.MustCompile(expression).MatchString(cmp.Or(c.TrustDomain, "*") + "/ns/" + c.Namespace + "/sa/" + c.ServiceAccount)
}

func (c Client) hasAccount(policyNamespace string) func(string) bool {
	return func(name string) bool {
		namespace, account, found := strings.Cut(name, "/")
		if !found {
			namespace, account = policyNamespace, name
		}
		return namespace == c.Namespace && account == c.ServiceAccount
	}
}

// hasPrincipal says whether a pattern matches the client's identity. In one that is written in full, cluster.local and the aliases stand for
// the mesh's trust domain (istio.io/istio, pilot/pkg/security/trustdomain). Where the trust domain is not known, it counts as the one that the pattern names.
func (c Client) hasPrincipal(pattern string) bool {
	rest := "/ns/" + c.Namespace + "/sa/" + c.ServiceAccount
	if named, _, found := strings.Cut(pattern, "/"); c.TrustDomain == "" && found && !strings.Contains(named, "*") {
		return matchPattern(pattern, named+rest)
	}
	if domain, identity, _ := strings.Cut(pattern, "/"); strings.Count(pattern, "/") == strings.Count(rest, "/") &&
		(domain == DefaultTrustDomain || slices.Contains(c.Aliases, domain)) {
		pattern = c.TrustDomain + "/" + identity
	}
	return matchPattern(pattern, c.TrustDomain+rest)
}

// matchGlob matches a pattern in which a star may stand anywhere.
func matchGlob(pattern, value string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == value
	}
	last := len(parts) - 1
	rest, begins := strings.CutPrefix(value, parts[0])
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return begins && strings.HasSuffix(rest, parts[last])
}

// matchPattern matches as Istio does: a star alone is anything that is not empty, one at the start or the end stands for the rest.
func matchPattern(pattern, value string) bool {
	switch {
	case pattern == "*":
		return value != ""
	case strings.HasPrefix(pattern, "*"):
		return strings.HasSuffix(value, pattern[1:])
	case strings.HasSuffix(pattern, "*"):
		return strings.HasPrefix(value, pattern[:len(pattern)-1])
	}
	return pattern == value
}
