// Package fn enrolls the pods in YAML streams in an Istio and SPIRE mesh, and says what happens to each pod in the cluster.
//
// In: streams of rendered manifests, and a configuration (package config). Out: an Outcome (package outcome), with the edits
// of each stream, and for each pod its outcome, its verdict and its findings. Bytes outside the edits do not change. The
// command line (postrender) and the KRM function (krm) render the Outcome.
//
// Start reading at Transform in transformer.go. All data takes the same steps, and each step is a file here:
//
//	stream.Documents   bytes -> documents, and items of lists, that may matter
//	read               those that say something about the mesh -> trees
//	gather             trees -> facts (package mesh), as they are once istiod is enrolled
//	decide             document and facts -> edits, decisions and verdicts (packages enroll and verdict)
//	inspect            decisions and facts -> findings about other objects, and each pod's mode of mutual TLS
//	assemble           all of these -> the Outcome
//
// Facts are gathered before anything is decided, so the order of documents never changes the outcome. Documents are decided
// independently, on all cores: batch.go has them finished together, a few at a time, and decide.go decides about one.
package fn
