package identity

import (
	"fmt"

	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Findings about the Gateways of which istiod makes pods.
var (
	GatewayAPI = &analysis.Definition{Reason: outcome.GatewayAPI, Severity: outcome.Warning, Effect: outcome.IstiodCA,
		Message: "istiod makes the pods of this gateway and cannot give them SPIRE's socket, so their identity comes from istiod's CA",
		Remedy:  "use the class istio or istio-waypoint, and Istio 1.26 or later; before that, make workload-socket a CSI volume in istiod's templates kube-gateway and waypoint"}
	GatewayOverlay = &analysis.Definition{Reason: "GatewayOverlay", Severity: outcome.Error, Effect: outcome.IstiodCA,
		Message: "the ConfigMap in the gateway's parametersRef does not give its pods SPIRE's socket, as far as the manifests show, so their identity comes from istiod's CA",
		Remedy:  "pass the ConfigMap beside the gateway, or let its value deployment make workload-socket a volume of the CSI driver"}
	GatewayLabelsFull = &analysis.Definition{Reason: "GatewayLabelsFull", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the gateway comes out with more labels in spec.infrastructure than the Gateway API allows, so the API server refuses it",
		Remedy:  "take one of the labels out, so that there is room for the managed-identity label"}
	GatewayRefused = &analysis.Definition{Reason: "GatewayRefused", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "istiod cannot use the gateway's parameters, so it makes no pods",
		Remedy:  "refer to a ConfigMap with the keys deployment, service, serviceAccount, horizontalPodAutoscaler or podDisruptionBudget"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Gateways, Stage: analysis.EveryPod,
	Findings: []*analysis.Definition{GatewayAPI, GatewayOverlay, GatewayLabelsFull, GatewayRefused}, Order: 1, Run: findMadeGateway})

// findMadeGateway looks at what istiod makes of a Gateway. The first row that applies decides:
//
//	1  the parameters are no ConfigMap, or istiod cannot use one, or
//	   that of the class                                                GatewayRefused
//	2  the volume has SPIRE's socket                                    what else is wrong with it
//	3  it is selected, and istiod cannot give the pods the socket       GatewayAPI
//	4  the proxy must have it                                           SocketMissing
//	5  the gateway is not selected, or is yet to be enrolled            IstiodIdentity
//	6  otherwise                                                        GatewayOverlay
func findMadeGateway(p *analysis.FinalPod) {
	if !p.IsMade {
		return
	}
	g := gatewayapi.Gateway{Object: p.Object}
	parameters, field := g.Parameters(), p.SpecField()
	overlay, known := p.Facts.Overlay(g)
	class := yamledit.Lookup(p.Node, "spec", "gatewayClassName")
	if given := g.InfrastructureLabels(); !yamledit.IsNull(given) && len(yamledit.Keys(given))+len(p.Plan.Labels()) > gatewayapi.MaxInfrastructureLabels {
		p.ReportLabel(GatewayLabelsFull, p.Config().IdentityLabel.Key)
	}
	problem := problemOf(p.Facts.OverlaysOf(g))
	switch s := p.SocketVolume(); {
	case parameters.Node != nil && parameters.ConfigMap == "":
		p.Report(GatewayRefused, parameters.Node, field, "they are no ConfigMap")
	case problem != "":
		p.Report(GatewayRefused, parameters.Node, field, problem)
	case s.Sources["csi"]:
		reportSource(p, s, parameters.Node, field)
	case p.Decided.Outcome == outcome.GatewayAPI:
		p.Report(GatewayAPI, class, "spec.gatewayClassName", whyNoSocket(p, g))
	case isFileRequired(p):
		p.Report(SocketMissing, parameters.Node, field, p.FinalSocketFile())
	case !p.IsSelected() || p.Decided.Outcome == outcome.NotEnrolled:
		p.Report(IstiodIdentity, class, "spec.gatewayClassName")
	case known && !overlay.InCluster:
		p.Report(GatewayOverlay, parameters.Node, field, fmt.Sprintf("the %s makes workload-socket another volume", overlay.Ref))
	default:
		p.Report(GatewayOverlay, parameters.Node, field, fmt.Sprintf("the ConfigMap %s is not among the manifests", parameters.ConfigMap))
	}
}

// problemOf returns the problem of the first overlay that istiod cannot use, or "".
func problemOf(overlays []gatewayapi.Overlay) string {
	for _, o := range overlays {
		if o.Problem != "" {
			return fmt.Sprintf("the %s: %s", o.Ref, o.Problem)
		}
	}
	return ""
}

func whyNoSocket(p *analysis.FinalPod, g gatewayapi.Gateway) string {
	if proxy, _ := p.Proxy(); !analysis.MountsSocket(proxy) {
		return fmt.Sprintf("pods of the class %s mount none", g.ClassName())
	}
	return fmt.Sprintf("Istio is %s", p.Facts.IstioVersion(p.Revision()))
}

// isFileRequired says whether the proxy looks for a socket of another name than Istio's default, and does not start without it.
func isFileRequired(p *analysis.FinalPod) bool {
	file := p.FinalSocketFile()
	return file != "" && file != mesh.DefaultSocketFile
}
