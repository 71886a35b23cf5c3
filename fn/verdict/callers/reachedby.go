package callers

import (
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// ReachedBy returns who calls a pod, as far as manifests show it, and what becomes of the calls: first the clients without a certificate of
// the mesh, by port, then the gateways of the mesh.
func ReachedBy(s *analysis.Server) []outcome.Caller {
	var callers []outcome.Caller
	for _, way := range s.Ways {
		mode := s.Pods.PortMode(s.Pod, way.Port)
		callers = append(callers, outcome.Caller{Caller: string(way.Caller), By: way.By, Port: way.Port, Mode: mode, Refused: mode == "STRICT"})
	}
	for _, gateway := range gatewaysOf(s) {
		callers = append(callers, outcome.Caller{Caller: outcome.MeshGateway, By: gateway.Resource, Identity: gateway.SPIFFEID, Refused: isDenied(s, gateway)})
	}
	return callers
}
