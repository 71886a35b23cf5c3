// Package outcome has the types of enmesh's results: the edits of the streams, and for each pod what was decided, what
// happens to it in the cluster, and why.
//
// Package fn fills these types, and the front ends render them. Start reading at Outcome in outcome.go and Pod in pod.go.
// reason.go lists the outcomes of pods, verdict.go the verdicts.
package outcome
