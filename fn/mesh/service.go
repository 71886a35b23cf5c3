package mesh

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// This file reads Services, and who calls them. It matters only where mutual TLS is required of someone: see ExpectCallers.

// Service is a Service with a selector.
type Service struct {
	Ref      manifest.ResourceRef
	Labels   labels.Set
	Selector manifest.Labels
	Ports    []ServicePort
	// Outside: clients outside of the cluster reach it, by its type.
	Outside bool
	// Scraped: its annotations ask for it, at a port or at all.
	Scraped     bool
	ScrapedPort string
}

// ServicePort is a port of a Service. The target is the number or the name of the pods' port.
type ServicePort struct{ Name, Port, Target string }

// Caller is a kind of client that has no certificate of the mesh.
type Caller string

const (
	// APIServer calls webhooks and extensions of its API.
	APIServer Caller = "API server"
	// Scraper collects metrics.
	Scraper Caller = "scraper"
	// Outside is a client, or a proxy in front of it, that is not in the mesh.
	Outside Caller = "client outside of the mesh"
	// Kubelet calls probes.
	Kubelet Caller = "kubelet"
)

// Call says that a port of a Service is called. No port stands for all of them.
type Call struct {
	Caller        Caller
	By            manifest.ResourceRef
	Namespace     string
	Service, Port string
}

// Monitor is a ServiceMonitor or a PodMonitor of the Prometheus operator.
type Monitor struct {
	Ref        manifest.ResourceRef
	OfPods     bool
	Selector   labels.Selector
	Namespaces []string // nil: its own; "*" every one
	Ports      []string // numbers or names of the pods' ports, or names of the Services' ports
}

// Watches says whether the monitor looks at a namespace.
func (m Monitor) Watches(namespace string) bool {
	if m.Namespaces == nil {
		return namespace == m.Ref.Namespace
	}
	return slices.Contains(m.Namespaces, namespace) || slices.Contains(m.Namespaces, "*")
}

// callerKinds are the kinds that tell who calls pods. A document of such a kind does only if it contains one of the kind's words.
var callerKinds = map[string][]string{
	"Service":                        {""},
	"ValidatingWebhookConfiguration": {"service"},
	"MutatingWebhookConfiguration":   {"service"},
	"APIService":                     {"service"},
	"CustomResourceDefinition":       {"Webhook"},
	"ServiceMonitor":                 {""},
	"PodMonitor":                     {""},
	"Ingress":                        {""},
	"Gateway":                        {"gatewayClassName", istioNetworking},
	"VirtualService":                 {istioNetworking},
	keys.AuthorizationPolicy:         {""},
	"HTTPRoute":                      {"backendRefs"},
	"GRPCRoute":                      {"backendRefs"},
	"TLSRoute":                       {"backendRefs"},
	"TCPRoute":                       {"backendRefs"},
}

// MayCall says whether a document of a kind may tell who calls pods.
func MayCall(kind string, document stream.Text) bool { return holdsWord(callerKinds[kind], document) }

// ExpectCallers says that it matters who calls pods: call it before Gather.
func (f *Facts) ExpectCallers() { f.callersMatter = true }

// CallersMatter says whether the facts have who calls pods.
func (f *Facts) CallersMatter() bool { return f.callersMatter }

func (f *Facts) gatherCaller(o manifest.Object) {
	switch o.Ref.Kind {
	case "Service":
		f.gatherService(o)
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
		for _, webhook := range yamledit.Items(yamledit.Lookup(o.Node, "webhooks")) {
			f.gatherCall(o, yamledit.Lookup(webhook, "clientConfig", "service"))
		}
	case "APIService":
		f.gatherCall(o, yamledit.Lookup(o.Node, "spec", "service"))
	case "CustomResourceDefinition":
		f.gatherCall(o, yamledit.Lookup(o.Node, "spec", "conversion", "webhook", "clientConfig", "service"))
	case "ServiceMonitor", "PodMonitor":
		f.gatherMonitor(o)
	case "Ingress":
		f.gatherIngress(o)
	case "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute":
		f.gatherRoute(o)
	}
}

func (f *Facts) gatherService(o manifest.Object) {
	spec := yamledit.Lookup(o.Node, "spec")
	selector := manifest.NewLabels(manifest.StringMap(yamledit.Lookup(spec, "selector")))
	if o.Ref.APIVersion != "v1" || len(selector) == 0 {
		return
	}
	kind := text(spec, "type")
	s := Service{Ref: o.Ref, Labels: manifest.StringMap(yamledit.Lookup(o.Node, "metadata", "labels")), Selector: selector,
		Outside: kind == "LoadBalancer" || kind == "NodePort"}
	s.ScrapedPort, s.Scraped = ScrapeAnnotated(yamledit.Lookup(o.Node, "metadata", "annotations"))
	for _, port := range yamledit.Items(yamledit.Lookup(spec, "ports")) {
		if text(port, "protocol") != "UDP" {
			s.Ports = append(s.Ports, ServicePort{text(port, "name"), text(port, "port"), cmp.Or(text(port, "targetPort"), text(port, "port"))})
		}
	}
	f.Services = append(f.Services, s)
}

// gatherCall notes the Service that the API server calls, by default at port 443.
func (f *Facts) gatherCall(o manifest.Object, service *yaml.Node) {
	if name := text(service, "name"); name != "" {
		f.Calls = append(f.Calls, Call{APIServer, o.Ref, text(service, "namespace"), name, cmp.Or(text(service, "port"), "443")})
	}
}

// gatherMonitor notes what Prometheus scrapes. Endpoints with a certificate of the mesh's are no matter.
func (f *Facts) gatherMonitor(o manifest.Object) {
	spec := yamledit.Lookup(o.Node, "spec")
	m := Monitor{Ref: o.Ref, OfPods: o.Ref.Kind == "PodMonitor", Selector: manifest.LabelSelector(yamledit.Lookup(spec, "selector"))}
	namespaces := yamledit.Lookup(spec, "namespaceSelector")
	m.Namespaces = yamledit.Texts(yamledit.Lookup(namespaces, "matchNames"))
	if text(namespaces, "any") == "true" {
		m.Namespaces = []string{"*"}
	}
	endpoints := "endpoints"
	if m.OfPods {
		endpoints = "podMetricsEndpoints"
	}
	for _, endpoint := range yamledit.Items(yamledit.Lookup(spec, endpoints)) {
		tls := yamledit.Lookup(endpoint, "tlsConfig")
		port := cmp.Or(text(endpoint, "port"), text(endpoint, "targetPort"), text(endpoint, "portNumber"))
		if brings := text(tls, "certFile") != "" || yamledit.Lookup(tls, "cert") != nil; !brings && port != "" {
			m.Ports = append(m.Ports, port)
		}
	}
	f.Monitors = append(f.Monitors, m)
}

func (f *Facts) gatherIngress(o manifest.Object) {
	class := cmp.Or(text(yamledit.Lookup(o.Node, "spec"), "ingressClassName"), o.Annotation("kubernetes.io/ingress.class"))
	if class == "istio" { // its gateway is in the mesh
		return
	}
	backend := func(node *yaml.Node) {
		service := yamledit.Lookup(node, "service")
		port := yamledit.Lookup(service, "port")
		if name := text(service, "name"); name != "" {
			f.Calls = append(f.Calls, Call{Outside, o.Ref, o.Ref.Namespace, name, cmp.Or(text(port, "number"), text(port, "name"))})
		}
	}
	spec := yamledit.Lookup(o.Node, "spec")
	backend(yamledit.Lookup(spec, "defaultBackend"))
	for _, rule := range yamledit.Items(yamledit.Lookup(spec, "rules")) {
		for _, path := range yamledit.Items(yamledit.Lookup(rule, "http", "paths")) {
			backend(yamledit.Lookup(path, "backend"))
		}
	}
}

// gatherRoute notes the backends of a route of the Gateway API. Whose gateway it is, its parents' classes say: a route whose parents are not
// known may be one of Istio's, so it counts only where a Gateway of another class is known.
func (f *Facts) gatherRoute(o manifest.Object) {
	spec := yamledit.Lookup(o.Node, "spec")
	r := route{ref: o.Ref}
	for _, parent := range yamledit.Items(yamledit.Lookup(spec, "parentRefs")) {
		if kind := text(parent, "kind"); kind == "" || kind == "Gateway" {
			r.gateways = append(r.gateways, named{cmp.Or(text(parent, "namespace"), o.Ref.Namespace), text(parent, "name")})
		}
	}
	for _, rule := range yamledit.Items(yamledit.Lookup(spec, "rules")) {
		for _, backend := range yamledit.Items(yamledit.Lookup(rule, "backendRefs")) {
			if kind := text(backend, "kind"); kind == "" || kind == "Service" {
				r.backends = append(r.backends, Call{Outside, o.Ref, cmp.Or(text(backend, "namespace"), o.Ref.Namespace), text(backend, "name"), text(backend, "port")})
			}
		}
	}
	f.routes = append(f.routes, r)
}

type route struct {
	ref      manifest.ResourceRef
	gateways []named
	backends []Call
}

// AllCalls lists the calls, also those by routes whose Gateway is known to be none of Istio's.
func (f *Facts) AllCalls() []Call {
	calls := slices.Clone(f.Calls)
	for _, r := range f.routes {
		if slices.ContainsFunc(r.gateways, f.isOthers) {
			calls = append(calls, r.backends...)
		}
	}
	for _, s := range f.Services {
		if s.Outside {
			calls = append(calls, Call{Outside, s.Ref, s.Ref.Namespace, s.Ref.Name, ""})
		}
	}
	return calls
}

func text(node *yaml.Node, key string) string { return yamledit.Text(yamledit.Lookup(node, key)) }

// ScrapeAnnotated says whether the annotations of an object ask Prometheus to scrape it, and at which port.
func ScrapeAnnotated(annotations *yaml.Node) (port string, asked bool) {
	return text(annotations, keys.PrometheusPort), text(annotations, keys.PrometheusScrape) == "true"
}
