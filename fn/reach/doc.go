// Package reach says which clients without a certificate of the mesh reach which ports of a pod: the API server, scrapers, clients
// outside of the mesh, and the kubelet.
//
// In: the facts about Services and who calls them, and a pod's labels and ports. Out: the ways in. What a PeerAuthentication says to them is
// for package policy.
//
// Start reading at Index.Ways in index.go: the truth table stands over it.
package reach
