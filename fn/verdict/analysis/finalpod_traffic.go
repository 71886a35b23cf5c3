package analysis

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/reach"
	"enmesh.dev/enmesh/fn/yamledit"
)

// EveryPort stands for all ports of a pod.
const EveryPort = "*"

// InterceptionOff says whether no traffic is redirected to the proxy: by the annotation or, without it, by the proxy's configuration.
func (p *FinalPod) InterceptionOff() bool {
	mode := p.FinalAnnotation(keys.InterceptionMode)
	if mode == "" {
		config, _ := p.ProxyConfig()
		mode = yamledit.Text(yamledit.Lookup(config, "interceptionMode"))
	}
	return strings.EqualFold(mode, "NONE")
}

// BypassedPorts returns the ports at which clients reach the application without its proxy. The first row that applies decides:
//
//	1  not injected, or a gateway                                     none
//	2  no traffic is redirected                                       every port
//	3  includeInboundPorts is set to a list                           the declared ports that are not in it; every port if that is all of them
//	4  excludeInboundPorts                                            the ports in it; every port if all declared ones are
func (p *FinalPod) BypassedPorts() []string {
	if p.NotInjected != "" || p.IsFinalGateway() {
		return nil
	}
	if p.InterceptionOff() {
		return []string{EveryPort}
	}
	declared := p.declaredPorts()
	var bypassed []string
	if include := p.PodAnnotation(keys.IncludeInboundPorts); include != nil && yamledit.Text(include) != EveryPort {
		included := fieldsOf(yamledit.Text(include))
		bypassed = slices.DeleteFunc(slices.Clone(declared), func(port string) bool { return slices.Contains(included, port) })
		if len(included) == 0 || len(bypassed) > 0 && len(bypassed) == len(declared) {
			return []string{EveryPort}
		}
	}
	excluded := fieldsOf(p.FinalAnnotation(keys.ExcludeInboundPorts))
	for _, port := range excluded {
		if !slices.Contains(bypassed, port) {
			bypassed = append(bypassed, port)
		}
	}
	if len(declared) > 0 && !slices.ContainsFunc(declared, func(port string) bool { return !slices.Contains(bypassed, port) }) {
		return []string{EveryPort}
	}
	return bypassed
}

// WaysIn returns who reaches which port of the pod without a certificate of the mesh. Of probes and of metrics that the pod's annotations
// offer, Istio's agent takes care, unless the pod says no.
func (p *FinalPod) WaysIn() []reach.Way {
	ports := p.ContainerPorts()
	ways := p.Ways.Ways(p.Ref.Namespace, manifest.NewLabels(p.FinalLabels()), ports)
	if p.FinalAnnotation(keys.RewriteProbes) == "false" {
		p.EachContainer(func(container *yaml.Node, _ string) {
			for _, probe := range []string{"startupProbe", "livenessProbe", "readinessProbe"} {
				for _, kind := range []string{"httpGet", "grpc"} {
					port := yamledit.Text(yamledit.Lookup(container, probe, kind, "port"))
					ways = addWay(ways, reach.Way{Caller: mesh.Kubelet, By: p.Ref, Port: reach.PortNumber(ports, port)})
				}
			}
		})
	}
	merges := p.FinalAnnotation(keys.MergeMetrics) != "false" && !p.Settings().DisablesPrometheusMerging
	if port, asked := mesh.ScrapeAnnotated(yamledit.Lookup(p.Metadata(), "annotations")); asked && !merges {
		ways = addWay(ways, reach.Way{Caller: mesh.Scraper, By: p.Ref, Port: reach.PortNumber(ports, port)})
	}
	return ways
}

func addWay(ways []reach.Way, way reach.Way) []reach.Way {
	if way.Port == "" || slices.Contains(ways, way) {
		return ways
	}
	return append(ways, way)
}

// declaredPorts are the numbers of the TCP ports that the application's containers declare.
func (p *FinalPod) declaredPorts() []string {
	var numbers []string
	for _, port := range p.ContainerPorts() {
		numbers = append(numbers, port.Number)
	}
	return numbers
}

// fieldsOf splits a list with commas between its parts.
func fieldsOf(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
