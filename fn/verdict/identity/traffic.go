package identity

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	RunsAsProxy = &analysis.Definition{Reason: "RunsAsProxy", Severity: outcome.Warning,
		Message: "a container runs as user 1337, like the proxy, so its traffic bypasses the proxy",
		Remedy:  "run it as another user"}
	PortTaken = &analysis.Definition{Reason: "PortTaken", Severity: outcome.Warning,
		Message: "a container listens on a port that the proxy uses",
		Remedy:  "use a port outside 15000-15090"}
	InterceptionOff = &analysis.Definition{Reason: "InterceptionOff", Severity: outcome.Warning,
		Message: "no traffic is redirected to the proxy, so the traffic has no identity",
		Remedy:  "remove sidecar.istio.io/interceptionMode, or interceptionMode from proxy.istio.io/config"}
	TrafficExcluded = &analysis.Definition{Reason: "TrafficExcluded", Severity: outcome.Info,
		Message: "some traffic bypasses the proxy and has no identity",
		Remedy:  "confirm that this is intended"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Traffic, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{RunsAsProxy, PortTaken}, Order: 1, Run: findProxy})

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Traffic, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{InterceptionOff, TrafficExcluded}, Order: 2, Run: findTraffic})

const proxyUser = "1337"

// proxyPorts are the ports on which the proxy listens.
var proxyPorts = []string{"15000", "15001", "15002", "15004", "15006", "15008", "15009", "15020", "15021", "15053", "15090"}

// findProxy looks for a user and for ports that the sidecar uses too.
func findProxy(p *analysis.FinalPod) {
	if p.IsFinalGateway() {
		return
	}
	user := yamledit.Lookup(p.Spec(), "securityContext", "runAsUser")
	if yamledit.Text(user) == proxyUser {
		p.Report(RunsAsProxy, user, fieldpath.Join(p.SpecField(), "securityContext.runAsUser"))
	}
	p.EachContainer(func(container *yaml.Node, field string) {
		if strings.HasPrefix(yamledit.Text(yamledit.Lookup(container, "name")), "istio-") {
			return
		}
		if user := yamledit.Lookup(container, "securityContext", "runAsUser"); yamledit.Text(user) == proxyUser {
			p.Report(RunsAsProxy, user, fieldpath.Join(field, "securityContext.runAsUser"))
		}
		for i, port := range yamledit.Items(yamledit.Lookup(container, "ports")) {
			if number := yamledit.Lookup(port, "containerPort"); slices.Contains(proxyPorts, yamledit.Text(number)) && yamledit.Text(yamledit.Lookup(port, "protocol")) != "UDP" {
				p.Report(PortTaken, number, fieldpath.Join(fieldpath.Index(fieldpath.Join(field, "ports"), i), "containerPort"), yamledit.Text(number))
			}
		}
	})
}

// findTraffic looks for traffic that bypasses the sidecar.
func findTraffic(p *analysis.FinalPod) {
	if p.IsFinalGateway() {
		return
	}
	if p.InterceptionOff() {
		name := keys.InterceptionMode
		if p.PodAnnotation(name) == nil {
			name = keys.ProxyConfig
		}
		p.ReportAnnotation(InterceptionOff, name)
	}
	for _, name := range yamledit.Keys(yamledit.Lookup(p.Metadata(), "annotations")) {
		kind, found := strings.CutPrefix(name, keys.TrafficPrefix)
		value := p.FinalAnnotation(name)
		if found && (strings.HasPrefix(kind, "exclude") && value != "" || strings.HasPrefix(kind, "include") && value != "*" && kind != "includeOutboundPorts") {
			p.ReportAnnotation(TrafficExcluded, name, value)
		}
	}
}
