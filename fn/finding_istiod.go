package fn

import (
	"maps"
	"slices"
	"strings"
)

// inspectInjector looks at the templates of istiod's injector, as they come out.
func (i *inspection) inspectInjector() {
	n := slices.IndexFunc(i.facts.injections, func(j injection) bool { return j.object.node == i.node })
	if n < 0 {
		return
	}
	injection := i.facts.injections[n]
	names := i.t.spec.Templates
	for _, name := range slices.Sorted(maps.Keys(injection.templates)) {
		t := injection.templates[name]
		expected := slices.Contains(names.Sidecar[1:], name) || slices.Contains(names.Gateway[1:], name)
		find := func(reason Reason) {
			i.find(reason, nil, "data.config: templates."+name)
			i.document.findings[len(i.document.findings)-1].Line = t.line
		}
		if t.container && (expected || t.csi) {
			find(TemplateMountsContainer)
		}
		if t.labels && (expected || t.csi) {
			find(TemplateLabelsIgnored)
		}
		switch {
		case expected && !t.csi:
			find(TemplateWithoutSocket)
		case expected && !t.readOnly:
			find(SocketWritable)
		case t.emptyDir:
			find(TemplateEmptyDir)
		}
	}
}

// inspectMesh looks at the settings for all proxies, and compares istiod's trust domain with the configured one, or with
// the one of SPIRE in the streams.
func (i *inspection) inspectMesh() {
	revision, ok := revisionOf(i.object, meshName)
	node := lookup(i.node, "data", "mesh")
	if !ok || node == nil {
		return
	}
	mesh := i.facts.meshes[revision]
	if mesh.holds {
		i.find(HoldApplication, node, "data.mesh: defaultConfig.holdApplicationUntilProxyStarts")
	}
	want := i.t.trustDomain(i.facts)
	is := mesh.trustDomain
	isDefault := is == "" || is == defaultTrustDomain
	if want == "" || is == want || slices.Contains(mesh.aliases, want) ||
		isDefault && i.t.spec.TrustDomain != "" && i.t.spec.Mode == Enroll && i.t.configures(i.object) {
		return
	}
	if is == "" {
		is = defaultTrustDomain
	}
	i.find(TrustDomainDiffers, node, "data.mesh: trustDomain", is+", not "+want)
}

// inspectGateway: istiod makes the pods of the Gateway API's gateways itself, and hands certificates to its own by file.
func (i *inspection) inspectGateway() {
	switch group, _ := groupVersion(i.ref.APIVersion); group {
	case "gateway.networking.k8s.io":
		if class := lookup(i.node, "spec", "gatewayClassName"); strings.HasPrefix(text(class), "istio") {
			i.find(GatewayAPI, class, "spec.gatewayClassName")
		}
	case "networking.istio.io":
		for n, server := range items(lookup(i.node, "spec", "servers")) {
			for _, name := range []string{"serverCertificate", "privateKey", "caCertificates"} {
				if file := lookup(server, "tls", name); text(file) != "" {
					i.find(GatewayCertificateFiles, file, index("spec.servers", n)+".tls."+name)
					break
				}
			}
		}
	}
}
