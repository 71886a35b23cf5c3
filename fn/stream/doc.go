// Package stream finds the parts of a YAML stream that are worth parsing.
//
// In: streams, which are bytes with a name, and a Judge, which knows what a document of a kind may hold. Out: the Documents
// in which the judge sees an interest, each with its place in its stream and, from Source, the chart template that it was
// rendered from. An item of a list in block style is a Document too. What certainly holds nothing of interest is never
// parsed, nor is memory allocated for it; in doubt it is kept. The package knows how YAML is written down, and no kind of
// Kubernetes but those of lists.
//
// Start reading at Documents. Split says where documents begin and end, and the sniffer what can be told of one without
// parsing it. List says what it takes to cut one, and the reader why a line that looks like the beginning of an item is one.
package stream
