package mesh

import (
	"strings"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// istioNetworking is the group of Istio's Gateway and VirtualService.
const istioNetworking = "networking.istio.io"

// Gateway is a Gateway of Istio: which pods it configures, in whatever namespace they are.
type Gateway struct {
	Ref      manifest.ResourceRef
	Selector manifest.Labels
}

// VirtualRoute says to which Services the gateways of a VirtualService send requests.
type VirtualRoute struct {
	Ref      manifest.ResourceRef
	Gateways []manifest.ResourceRef // by namespace and name
	Services []manifest.ResourceRef // by namespace and name
}

func (f *Facts) gatherIstioGateway(o manifest.Object) {
	if o.Ref.Group() == istioNetworking {
		f.Gateways = append(f.Gateways, Gateway{o.Ref, manifest.NewLabels(manifest.StringMap(yamledit.Lookup(o.Node, "spec", "selector")))})
	}
}

// gatherVirtualService notes the destinations of its routes. The gateway that is called mesh stands for all sidecars.
func (f *Facts) gatherVirtualService(o manifest.Object) {
	if o.Ref.Group() != istioNetworking {
		return
	}
	spec := yamledit.Lookup(o.Node, "spec")
	r := VirtualRoute{Ref: o.Ref}
	for _, name := range yamledit.Texts(yamledit.Lookup(spec, "gateways")) {
		namespace, short, found := strings.Cut(name, "/")
		if !found {
			namespace, short = o.Ref.Namespace, name
		}
		if name != "mesh" {
			r.Gateways = append(r.Gateways, manifest.ResourceRef{Namespace: namespace, Name: short})
		}
	}
	for _, kind := range []string{"http", "tls", "tcp"} {
		for _, route := range yamledit.Items(yamledit.Lookup(spec, kind)) {
			for _, to := range yamledit.Items(yamledit.Lookup(route, "route")) {
				if host := text(yamledit.Lookup(to, "destination"), "host"); host != "" {
					r.Services = append(r.Services, serviceOf(host, o.Ref.Namespace))
				}
			}
		}
	}
	f.VirtualRoutes = append(f.VirtualRoutes, r)
}

// serviceOf reads a host: a Service's name, with its namespace or in the given one.
func serviceOf(host, namespace string) manifest.ResourceRef {
	name, rest, found := strings.Cut(host, ".")
	if found {
		namespace, _, _ = strings.Cut(rest, ".")
	}
	return manifest.ResourceRef{Namespace: namespace, Name: name}
}
