// Package objects has the analyzers of objects that affect pods: policies, ClusterSPIFFEIDs, istiod's ConfigMaps, SPIRE's agent
// and driver, gateways.
//
// Package analysis describes analyzers. Each file has what is found about one thing: the definitions of the findings, and the
// analyzer that reports them. Start reading at any.
package objects
