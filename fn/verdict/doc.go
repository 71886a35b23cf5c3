// Package verdict says what becomes of a pod in the cluster, and why: it runs the analyzers on the pod as it comes out,
// and takes the verdict from the effects that their findings declare, and from whether anything injects the pod.
//
// In: a pod and what was decided about it, with the plan of its enrollment and the facts about the mesh. Out: a Judgement.
//
// Start reading at Judge in judge.go. The analyzers are in the folders injection, identity, callers, objects and input, and register
// themselves. Package analysis has their types. FINDINGS.md is generated from their definitions.
package verdict

import (
	// The analyzers register themselves.
	_ "enmesh.dev/enmesh/fn/verdict/identity"
	_ "enmesh.dev/enmesh/fn/verdict/injection"
	_ "enmesh.dev/enmesh/fn/verdict/input"
	_ "enmesh.dev/enmesh/fn/verdict/objects"
)
