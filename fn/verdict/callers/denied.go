package callers

import (
	"slices"

	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/policy"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var GatewayDenied = &analysis.Definition{Reason: "GatewayDenied", Severity: outcome.Warning,
	Message: "the AuthorizationPolicies of the pod let none of its gateway's requests in, because they name other identities than the gateway's",
	Remedy:  "allow the gateway's identity as well"}

var _ = analysis.RegisterServerAnalyzer(analysis.ServerAnalyzer{Subject: analysis.Callers,
	Findings: []*analysis.Definition{GatewayDenied}, Run: findDenied})

// findDenied looks for a gateway of the mesh in front of the pod, which the pod's policies deny.
func findDenied(s *analysis.Server) {
	if !s.Verdict.InMesh() || s.Role == outcome.Gateway {
		return
	}
	for _, gateway := range gatewaysOf(s) {
		if isDenied(s, gateway) {
			s.Report(GatewayDenied, gateway.Resource.String(), s.Reach.Allows(s.Resource.Namespace, s.Pods.RootNamespace, s.Labels)[0].Ref.String())
		}
	}
}

// isDenied says whether the policies of a pod in the mesh deny a gateway. The first row that applies decides, as in Istio
// (https://istio.io/latest/docs/concepts/security/#implicit-enablement):
//
//	1  no policy with the action ALLOW applies to the pod          no
//	2  a rule of one of them may be about the gateway's identity   no
//	3  otherwise                                                   yes
func isDenied(s *analysis.Server, gateway *policy.Pod) bool {
	allows := s.Reach.Allows(s.Resource.Namespace, s.Pods.RootNamespace, s.Labels)
	if len(allows) == 0 || !s.Verdict.InMesh() {
		return false
	}
	client := mesh.Client{TrustDomain: s.Facts.MeshTrustDomain(s.Config().TrustDomain), Aliases: s.Facts.Settings(mesh.DefaultRevision).TrustDomainAliases,
		Namespace: gateway.Resource.Namespace, ServiceAccount: gateway.ServiceAccount}
	return !slices.ContainsFunc(allows, func(p mesh.AuthorizationPolicy) bool { return mayAllow(p, client) })
}

func mayAllow(p mesh.AuthorizationPolicy, client mesh.Client) bool {
	return slices.ContainsFunc(p.Sources, func(sources []mesh.Source) bool { return mesh.MayMatch(sources, p.Ref.Namespace, client) })
}

// gatewaysOf returns the gateways of the mesh that send requests to a Service of the pod, those too whose pods istiod makes of a Gateway of
// the Gateway API.
func gatewaysOf(s *analysis.Server) []*policy.Pod {
	var found []*policy.Pod
	for _, gateway := range s.Reach.Gateways(s.Resource.Namespace, s.Labels) {
		for _, p := range s.Pods.Gateways() {
			if len(gateway.Selector) > 0 && p.Labels.Match(gateway.Selector) && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	for _, gateway := range s.Reach.APIGateways(s.Resource.Namespace, s.Labels) {
		identity := s.Facts.IdentityOf(gateway.Ref.Namespace, gateway.ServiceAccount, s.Config().TrustDomain)
		found = append(found, &policy.Pod{Pod: outcome.Pod{Resource: gateway.Ref, SPIFFEID: identity.String()}, ServiceAccount: gateway.ServiceAccount})
	}
	return found
}
