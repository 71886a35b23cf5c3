package objects

import (
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var GatewayCertificateFiles = &analysis.Definition{Reason: "GatewayCertificateFiles", Severity: outcome.Warning,
	Message: "a gateway with SPIRE's socket cannot read certificates from files",
	Remedy:  "use credentialName"}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Gateways, Kinds: []string{"Gateway"},
	Findings: []*analysis.Definition{GatewayCertificateFiles}, Run: findCertificateFiles})

// findCertificateFiles looks for certificates from files in Istio's gateways.
func findCertificateFiles(o *analysis.Object) {
	if o.Ref.Group() != "networking.istio.io" {
		return
	}
	for n, server := range yamledit.Items(yamledit.Lookup(o.Node, "spec", "servers")) {
		for _, name := range []string{"serverCertificate", "privateKey", "caCertificates"} {
			if file := yamledit.Lookup(server, "tls", name); yamledit.Text(file) != "" {
				o.Report(GatewayCertificateFiles, file, fieldpath.Index("spec.servers", n)+".tls."+name)
				break
			}
		}
	}
}
