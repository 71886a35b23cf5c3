package reach

import (
	"cmp"
	"slices"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
)

// Way is a way in: a client that reaches a port of a pod.
type Way struct {
	Caller mesh.Caller
	// By is the object that has the client call: a webhook configuration, a monitor, an Ingress.
	By manifest.ResourceRef
	// Port is the number of the pod's port.
	Port string
}

// Index finds the ways in. A nil index finds none.
type Index struct {
	services manifest.SelectorIndex
	all      []mesh.Service
	calls    map[service][]mesh.Call
	monitors []mesh.Monitor

	gateways map[service]mesh.Gateway
	api      map[manifest.ResourceRef][]mesh.APIGateway // by the Services that routes lead to
	routes   map[service][]mesh.VirtualRoute            // by the Services that they lead to
	allows   []mesh.AuthorizationPolicy                 // with the action ALLOW
	selected manifest.SelectorIndex                     // of those
	whole    map[string][]int                           // those without a selector, by namespace
}

type service struct{ namespace, name string }

// NewIndex returns nil where it does not matter who calls.
func NewIndex(facts *mesh.Facts) *Index {
	if !facts.CallersMatter() {
		return nil
	}
	i := &Index{all: facts.Services, calls: map[service][]mesh.Call{}, monitors: facts.Monitors}
	var namespaces []string
	var selectors []manifest.Labels
	for _, s := range facts.Services {
		namespaces, selectors = append(namespaces, s.Ref.Namespace), append(selectors, s.Selector)
	}
	i.services = manifest.NewSelectorIndex(namespaces, selectors)
	for _, c := range facts.AllCalls() {
		at := service{c.Namespace, c.Service}
		i.calls[at] = append(i.calls[at], c)
	}
	i.addMesh(facts)
	return i
}

// Ways returns the ways to a pod, sorted by port. By what, and to which port:
//
//	webhook, APIService, conversion    the port of the Service that is called          its target port
//	Ingress, route of another gateway  the port of the Service that is named           its target port
//	Service LoadBalancer or NodePort   each port                                       its target port
//	ServiceMonitor                     the Service's port by name, or the target port  its target port
//	Service with scrape annotations    the port that they name, or each                its target port
//	PodMonitor                         the pod's port by name or number                that port
//
// A target port that is a name is the container port with that name, and none if the pod has none.
func (i *Index) Ways(namespace string, pod manifest.Labels, ports []manifest.ContainerPort) []Way {
	if i == nil {
		return nil
	}
	var ways []Way
	add := func(caller mesh.Caller, by manifest.ResourceRef, target string) {
		if way := (Way{caller, by, PortNumber(ports, target)}); way.Port != "" && !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	for _, n := range i.services.Find(namespace, pod) {
		s := i.all[n]
		for _, call := range i.calls[service{s.Ref.Namespace, s.Ref.Name}] {
			for _, port := range s.Ports {
				if call.Port == "" || call.Port == port.Port || call.Port == port.Name {
					add(call.Caller, call.By, port.Target)
				}
			}
		}
		if s.Scraped {
			for _, port := range s.Ports {
				if s.ScrapedPort == "" || s.ScrapedPort == PortNumber(ports, port.Target) || s.ScrapedPort == port.Port {
					add(mesh.Scraper, s.Ref, port.Target)
				}
			}
		}
		for _, m := range i.monitors {
			if m.OfPods || !m.Watches(namespace) || !m.Selector.Matches(s.Labels) {
				continue
			}
			for _, scraped := range m.Ports {
				for _, port := range s.Ports {
					if scraped == port.Name || scraped == port.Target {
						add(mesh.Scraper, m.Ref, port.Target)
					}
				}
			}
		}
	}
	for _, m := range i.monitors {
		if m.OfPods && m.Watches(namespace) && m.Selector.Matches(pod.Set()) {
			for _, scraped := range m.Ports {
				add(mesh.Scraper, m.Ref, scraped)
			}
		}
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return compareNumbers(a.Port, b.Port) })
	return ways
}

// compareNumbers compares numbers without leading zeros.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// PortNumber returns the number of a port that may be given by its name.
func PortNumber(ports []manifest.ContainerPort, target string) string {
	if target != "" && target[0] >= '0' && target[0] <= '9' {
		return target
	}
	for _, port := range ports {
		if port.Name == target && target != "" {
			return port.Number
		}
	}
	return ""
}
