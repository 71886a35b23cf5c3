// Package manifest reads one Kubernetes object in a document: its reference and place, its labels, where its pod template
// is, and which selectors match it.
//
// In: a parsed document. Out: its objects, including the items of lists, and their pod templates, as nodes of the document's
// tree. Only PodTemplate.Merge queues an edit on the document.
//
// Start reading at Objects in object.go. kindtable.go has the table of kinds that hold pods.
package manifest
