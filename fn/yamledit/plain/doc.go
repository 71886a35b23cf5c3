// Package plain reads plain YAML into the tree that the YAML library would make of it, in less time.
//
// Most rendered manifests are plain: block mappings and lists, scalars on one line, flow collections on one line, block
// scalars and comments. They have no anchors, aliases, tags, directives, complex keys, quoted or plain scalars of several
// lines, or tabs between tokens. The library spends most of its time on what such text does not have.
//
// Read takes the text of one document and returns its root node. Kinds, tags, styles, values, lines and columns are the
// library's; only comments are left out. Read returns nil for everything else: text that is not plain, text that is not
// valid YAML, and a document that is empty, or whose root is a scalar or a flow collection. Then the caller asks the library,
// which reads the text or says what is wrong with it. So Read may always return nil, but must never return a tree that
// differs from the library's. FuzzRead checks this.
//
// Start at Read in reader.go: it sets up a reader, which moves from line to line. block.go has the mappings and lists,
// blockscalar.go the scalars written with | or >, flow.go and scalar.go what stands on one line. Whatever finds
// something that is not plain calls reader.refuse, or returns nil to a caller that does.
package plain
