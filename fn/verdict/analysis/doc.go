// Package analysis has the types to define findings: the definition of a finding, the two kinds of analyzers, and what they
// look at, which is a pod of the output, or an object that affects pods.
//
// An analyzer is a value that registers itself when its package is loaded. It declares the findings that it can report, and
// has a function that reports them on a FinalPod or an Object.
//
// Start reading at analyzer.go. The methods in finalpod.go and the files next to it answer an analyzer's questions about a pod.
package analysis
