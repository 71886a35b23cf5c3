package report

import (
	"fmt"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
)

// cutOffReasons are the findings about clients that required mutual TLS cuts off.
var cutOffReasons = []outcome.Reason{"APIServerCutOff", "ProbeCutOff", "ScraperCutOff", "OutsideCutOff", "PlainTextClient"}

// order lists the steps in which the change is safe, if it requires mutual TLS of someone: first the mesh, then the workloads as they join it
// and still serve plain text, then what requires mutual TLS. Each step is there only where there is something to do.
func order(out *outcome.Outcome) []string {
	added := func(kinds []string, reasons ...outcome.Reason) (names []string) {
		for _, o := range out.Objects {
			if slices.Contains(kinds, o.Resource.Kind) && slices.Contains(reasons, o.Outcome) {
				names = append(names, o.Resource.String())
			}
		}
		return names
	}
	pods := func(matches func(outcome.Pod) bool) (names []string) {
		for _, p := range out.Pods {
			if matches(p) {
				names = append(names, p.Resource.String())
			}
		}
		return names
	}
	joins := func(p outcome.Pod) bool { return p.Outcome == outcome.Enrolled || p.LacksSettings() }
	join, require := "apply %s without --peer-authentication: with a proxy they serve mutual TLS and plain text", "apply %s"
	last := added([]string{keys.PeerAuthentication}, outcome.Added, outcome.Missing)
	if len(last) == 0 { // the user's own may require it
		last = pods(func(p outcome.Pod) bool { return joins(p) && p.MutualTLS == "STRICT" })
		join = "apply %s, while no PeerAuthentication requires mutual TLS of them: with a proxy they serve that and plain text (PERMISSIVE)"
		require = "apply the PeerAuthentications that require mutual TLS of %s"
	}
	if len(last) == 0 {
		return nil
	}
	var steps []string
	step := func(names []string, text string) {
		if len(names) > 0 {
			steps = append(steps, fmt.Sprintf(text, few(names, ", ")))
		}
	}
	step(added(append([]string{"ConfigMap"}, installer.Kinds...), outcome.Patched, outcome.Missing), "apply %s: the injector refuses pods that ask for a template which it does not have")
	step(added([]string{keys.ClusterSPIFFEID}, outcome.Added, outcome.Missing), "apply %s: SPIRE registers the pods by it")
	step(pods(joins), join)
	step(pods(func(p outcome.Pod) bool { return hasFinding(p, "RestartNeeded") }), "restart %s, whose pods run without SPIRE's socket")
	steps = append(steps, "wait until all pods are ready: their proxies have identities then")
	step(pods(func(p outcome.Pod) bool { return hasFinding(p, cutOffReasons...) }), "see to the clients that would be cut off: the findings of %s name them")
	step(last, require)
	return steps
}

func hasFinding(p outcome.Pod, reasons ...outcome.Reason) bool {
	return slices.ContainsFunc(p.Findings, func(f outcome.Finding) bool { return !f.Accepted && slices.Contains(reasons, f.Reason) })
}

// few names some of the objects, and counts the others.
func few(names []string, separator string) string {
	const most = 5
	names = slices.Compact(slices.Clone(names))
	if more := len(names) - most; more > 1 {
		return strings.Join(names[:most], separator) + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, separator)
}
