package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
)

// gatewayTemplate is the name of Istio's own injection template for gateways.
const gatewayTemplate = "gateway"

// role says whether a pod is a gateway.
func (t *Transformer) role(p pod) Role {
	if p.isGateway() || matchAny(t.gateways, p) {
		return Gateway
	}
	return Sidecar
}

// isGateway says whether a pod shows that it is a gateway: it asks for the gateway template, or consists of nothing but
// the proxy that the injector is to fill in. An istio-proxy beside other containers customizes a sidecar.
func (p pod) isGateway() bool {
	if templates := text(p.podAnnotation(templatesKey)); templates != "" {
		return slices.Contains(templateNames(templates), gatewayTemplate)
	}
	containers := p.containers()
	return len(containers) == 1 && text(yamledit.Lookup(containers[0], "name")) == proxyContainer &&
		text(yamledit.Lookup(containers[0], "image")) == "auto"
}

// templateNames splits the annotation inject.istio.io/templates as the injector does. Empty names are left out.
func templateNames(annotation string) []string {
	var names []string
	for _, name := range strings.Split(annotation, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// otherBases are injection templates of Istio's that stand in the place of the base.
var otherBases = []string{grpcAgentTemplate, grpcSimpleTemplate}

// completeTemplates adds the wanted names (the base first) that an annotation lacks, and drops empty names, for which
// the injector refuses the pod. What is complete comes back as it is.
func completeTemplates(annotation string, wanted []string) string {
	names := templateNames(annotation)
	has := func(name string) bool { return slices.Contains(names, name) }
	completed := annotation
	if len(names) < strings.Count(annotation, ",")+1 {
		completed = strings.Join(names, ",")
	}
	for i, name := range wanted {
		switch {
		case has(name):
		case i > 0 || completed == "":
			completed += "," + name
		case !slices.ContainsFunc(otherBases, has):
			completed = name + "," + completed
		}
	}
	return strings.TrimPrefix(completed, ",")
}
