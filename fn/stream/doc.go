// Package stream finds the parts of a YAML stream that are worth parsing.
//
// In: streams, which are bytes with a name, and an InterestFunc, which knows what a document of a kind may hold. Out: the Documents
// that may be of interest, each with its place in its stream and, from Source, the chart template that it was rendered from.
// An item of a list in block style is a Document too. A document that certainly holds nothing of interest is not parsed, and
// takes no memory. If that is not certain, it is kept. The package knows the syntax of YAML, but no Kubernetes kinds except
// those of lists.
//
// Start reading at Documents. Split says where documents begin and end. The sniffer reads the kind of a document without
// parsing it. List says which lists can be cut into items, and the reader why a line that looks like the start of an item is
// one.
package stream
