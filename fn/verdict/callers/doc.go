// Package callers has the analyzers of whom required mutual TLS cuts off: the API server, scrapers, clients outside of the mesh, the
// kubelet, and pods beside the server that have no proxy.
//
// In: an analysis.Server, a pod as its clients see it. Out: the findings that the analyzers report. Start reading at cutoff.go.
package callers
