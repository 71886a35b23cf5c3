// Package input has the analyzers of the input as a whole: whether there is anything in it, and whether the selection finds something.
//
// In: an analysis.Input. Out: the findings that the analyzers report. Start reading at any file: each defines and detects its findings.
package input
