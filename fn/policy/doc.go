// Package policy says which pods a PeerAuthentication selects, and what mutual TLS each pod asks of its clients.
//
// Pods that were decided about and judged come in, with the facts about the mesh; an Index comes out, which answers both
// questions. Start with NewIndex in index.go; the truth table stands over MutualTLS.
package policy
