package reach

import (
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
)

// This file is about clients that have a certificate: the gateways of the mesh, and the policies that let identities in.

func (i *Index) addMesh(facts *mesh.Facts) {
	i.gateways, i.routes, i.whole = map[service]mesh.Gateway{}, map[service][]mesh.VirtualRoute{}, map[string][]int{}
	i.api = facts.APIGateways()
	for _, g := range facts.Gateways {
		i.gateways[service{g.Ref.Namespace, g.Ref.Name}] = g
	}
	for _, r := range facts.VirtualRoutes {
		for _, to := range r.Services {
			at := service{to.Namespace, to.Name}
			i.routes[at] = append(i.routes[at], r)
		}
	}
	var namespaces []string
	var selectors []manifest.Labels
	for _, p := range facts.AuthorizationPolicies {
		if p.Action != "ALLOW" {
			continue
		}
		if p.Selector == nil {
			i.whole[p.Ref.Namespace] = append(i.whole[p.Ref.Namespace], len(i.allows))
		}
		i.allows = append(i.allows, p)
		namespaces, selectors = append(namespaces, p.Ref.Namespace), append(selectors, p.Selector)
	}
	i.selected = manifest.NewSelectorIndex(namespaces, selectors)
}

// Allows returns the AuthorizationPolicies with the action ALLOW that apply to a pod: those of its namespace, and those of Istio's root
// namespace, which apply to the whole mesh.
func (i *Index) Allows(namespace, root string, pod manifest.Labels) []mesh.AuthorizationPolicy {
	if i == nil || len(i.allows) == 0 {
		return nil
	}
	found := append(i.selected.Find(namespace, pod), i.whole[namespace]...)
	if namespace != root {
		found = append(append(found, i.selected.Find(root, pod)...), i.whole[root]...)
	}
	var allows []mesh.AuthorizationPolicy
	for _, n := range found {
		allows = append(allows, i.allows[n])
	}
	return allows
}

// Gateways returns the Gateways whose pods send requests to a Service of the pod, by a VirtualService.
func (i *Index) Gateways(namespace string, pod manifest.Labels) []mesh.Gateway {
	if i == nil || len(i.routes) == 0 {
		return nil
	}
	var found []mesh.Gateway
	seen := map[service]bool{}
	for _, n := range i.services.Find(namespace, pod) {
		s := i.all[n]
		for _, route := range i.routes[service{s.Ref.Namespace, s.Ref.Name}] {
			for _, name := range route.Gateways {
				at := service{name.Namespace, name.Name}
				if gateway, known := i.gateways[at]; known && !seen[at] {
					seen[at] = true
					found = append(found, gateway)
				}
			}
		}
	}
	return found
}

// APIGateways returns the Gateways of the Gateway API whose pods send requests to a Service of the pod, by a route.
func (i *Index) APIGateways(namespace string, pod manifest.Labels) []mesh.APIGateway {
	if i == nil || len(i.api) == 0 {
		return nil
	}
	var found []mesh.APIGateway
	for _, n := range i.services.Find(namespace, pod) {
		s := i.all[n]
		found = append(found, i.api[manifest.ResourceRef{Namespace: s.Ref.Namespace, Name: s.Ref.Name}]...)
	}
	return found
}
