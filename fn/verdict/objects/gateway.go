package objects

import (
	"strings"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	GatewayAPI = &analysis.Definition{Reason: "GatewayAPI", Severity: outcome.Warning,
		Message: "istiod creates the pods of this gateway from its own template, so their identity comes from istiod's CA",
		Remedy:  "make workload-socket a CSI volume in istiod's templates kube-gateway and waypoint"}
	GatewayCertificateFiles = &analysis.Definition{Reason: "GatewayCertificateFiles", Severity: outcome.Warning,
		Message: "a gateway with SPIRE's socket cannot read certificates from files",
		Remedy:  "use credentialName"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Gateways, Kinds: []string{"Gateway"},
	Findings: []*analysis.Definition{GatewayAPI, GatewayCertificateFiles}, Run: findGateway})

// findGateway looks at gateways of the Gateway API, whose pods istiod creates, and for certificates from files in Istio's gateways.
func findGateway(o *analysis.Object) {
	switch o.Ref.Group() {
	case "gateway.networking.k8s.io":
		if class := yamledit.Lookup(o.Node, "spec", "gatewayClassName"); strings.HasPrefix(yamledit.Text(class), "istio") {
			o.Report(GatewayAPI, class, "spec.gatewayClassName")
		}
	case "networking.istio.io":
		for n, server := range yamledit.Items(yamledit.Lookup(o.Node, "spec", "servers")) {
			for _, name := range []string{"serverCertificate", "privateKey", "caCertificates"} {
				if file := yamledit.Lookup(server, "tls", name); yamledit.Text(file) != "" {
					o.Report(GatewayCertificateFiles, file, fieldpath.Index("spec.servers", n)+".tls."+name)
					break
				}
			}
		}
	}
}
