package fn

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Istio merges an application's metrics into its proxy's. For that the injector reads Prometheus's annotations, in every
// spelling that Prometheus takes for the same, and refuses the pod for a port that cannot be merged
// (pkg/kube/inject/webhook.go, applyPrometheusMerge).

const (
	prometheusPortKey = "prometheus.io/port"
	prometheusKey     = "prometheus.io/scrape"
	scrapeTargetsKey  = "prometheus.istio.io/scrape-targets"
	mergeMetricsKey   = "prometheus.istio.io/merge-metrics"
	mergedMetricsPort = "15020"
)

// reservedPorts are the proxy's own ports that it does not scrape.
var reservedPorts = []int{15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090}

// findPrometheus finds the port for which the injector refuses the pod. The first row that holds decides:
//
//	1  merge-metrics is false, or scrape is, or
//	   istiod's settings say so for all pods      nothing: nothing is merged
//	2  port is the one of the merged metrics      nothing: the pod was injected once
//	3  scrape-targets has targets                 each of their ports
//	4  there is a port                            that one
func (r *prospect) findPrometheus() {
	if merges := r.finalAnnotation(mergeMetricsKey); isFalse(merges) || merges == "" && r.mesh().mergesNoPort {
		return
	}
	var port, targets string // names of the annotations
	for _, name := range yamledit.Keys(lookup(r.metadata(), "annotations")) {
		if !strings.HasPrefix(name, "prometheus") {
			continue
		}
		switch value := r.podAnnotation(name); labelName(name) {
		case labelName(prometheusKey):
			if isFalse(text(value)) {
				return
			}
		case labelName(prometheusPortKey):
			port = name
		case labelName(scrapeTargetsKey):
			targets = name
		}
	}
	if port != "" && r.finalAnnotation(port) == mergedMetricsPort {
		return
	}
	if ports := targetPorts(r.finalAnnotation(targets)); len(ports) > 0 {
		for _, p := range ports {
			r.findPort(targets, p)
		}
	} else if value := r.finalAnnotation(port); value != "" {
		r.findPort(port, value)
	}
}

func (r *prospect) findPort(annotation, value string) {
	switch port := portNumber(value); {
	case port == 0:
		r.findAnnotation(InvalidPrometheusPort, annotation, value)
	case slices.Contains(reservedPorts, port):
		r.findAnnotation(InvalidPrometheusPort, annotation, value+" is the proxy's own")
	}
}

// targetPorts are the ports in a list of port:path, or nil where the list is wrong: then Istio passes over it.
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

// labelName is what Prometheus makes of an annotation's name.
func labelName(annotation string) string { return notInLabels.ReplaceAllString(annotation, "_") }

var notInLabels = regexp.MustCompile(`[^a-zA-Z0-9_]`)
