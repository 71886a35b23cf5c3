// Package mesh reads what manifests say about the mesh: istiod's settings and injection templates, namespaces, SPIRE's
// controller manager, agent and driver, ClusterSPIFFEIDs and PeerAuthentications.
//
// In: objects, one by one, through Facts.Gather. Out: answers, through the methods of Facts. Facts do not change
// after they are gathered, so they are safe for concurrent use.
//
// Start reading at facts.go, which lists the kinds that are read. Each other file has one subject.
package mesh
