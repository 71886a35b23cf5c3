package injection

import (
	"slices"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Istio merges the metrics of an application into those of its proxy. For this the injector reads the annotations of Prometheus, in
// all spellings that are the same for Prometheus, and refuses a pod with a port that it cannot merge
// (pkg/kube/inject/webhook.go, applyPrometheusMerge).
var InvalidPrometheusPort = &analysis.Definition{Reason: "InvalidPrometheusPort", Severity: outcome.Error, Effect: outcome.Refused,
	Message: "Istio cannot merge the metrics of this port into its proxy's, and refuses the pod",
	Remedy:  "set the number of one of the application's ports, or set prometheus.istio.io/merge-metrics to 'false'"}

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.ProxySettings, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{InvalidPrometheusPort}, Order: 3, Run: findPrometheus})

const mergedMetricsPort = "15020"

// reservedPorts are the proxy's own ports, which it does not scrape.
var reservedPorts = []int{15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090}

// findPrometheus looks for a port for which the injector refuses the pod. The first row that applies decides:
//
//	1  merge-metrics is false, or scrape is, or
//	   istiod's settings say so for all pods      none: nothing is merged
//	2  port is the one of the merged metrics      none: the pod was injected before
//	3  scrape-targets has targets                 each of their ports
//	4  there is a port                            that one
func findPrometheus(p *analysis.FinalPod) {
	if merges := p.FinalAnnotation(keys.MergeMetrics); isFalse(merges) || merges == "" && p.Settings().DisablesPrometheusMerging {
		return
	}
	var port, targets string // names of the annotations
	for _, name := range yamledit.Keys(yamledit.Lookup(p.Metadata(), "annotations")) {
		if !strings.HasPrefix(name, "prometheus") {
			continue
		}
		switch value := p.PodAnnotation(name); labelName(name) {
		case labelName(keys.PrometheusScrape):
			if isFalse(yamledit.Text(value)) {
				return
			}
		case labelName(keys.PrometheusPort):
			port = name
		case labelName(keys.ScrapeTargets):
			targets = name
		}
	}
	if port != "" && p.FinalAnnotation(port) == mergedMetricsPort {
		return
	}
	if ports := targetPorts(p.FinalAnnotation(targets)); len(ports) > 0 {
		for _, port := range ports {
			findPort(p, targets, port)
		}
	} else if value := p.FinalAnnotation(port); value != "" {
		findPort(p, port, value)
	}
}

func findPort(p *analysis.FinalPod, annotation, value string) {
	switch port := portNumber(value); {
	case port == 0:
		p.ReportAnnotation(InvalidPrometheusPort, annotation, value)
	case slices.Contains(reservedPorts, port):
		p.ReportAnnotation(InvalidPrometheusPort, annotation, value+" is the proxy's own")
	}
}

// targetPorts returns the ports in a list of port:path, or nil if the list is invalid, because Istio ignores such a list.
func targetPorts(list string) []string {
	var ports []string
	for _, target := range strings.Split(list, ",") {
		if target = strings.TrimSpace(target); target == "" {
			continue
		}
		port, _, _ := strings.Cut(target, ":")
		if port = strings.TrimSpace(port); port == "" {
			return nil
		}
		ports = append(ports, port)
	}
	return ports
}

func isFalse(value string) bool {
	is, err := strconv.ParseBool(value)
	return err == nil && !is
}

// labelName returns the Prometheus label for the name of an annotation.
func labelName(annotation string) string { return notInLabels().ReplaceAllString(annotation, "_") }

var notInLabels = pattern.Lazy(`[^a-zA-Z0-9_]`)
