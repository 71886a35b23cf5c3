// Package proof checks an edited document against the tree that its edits mean.
//
// The YAML library is the judge: what it reads is what Kubernetes gets. But it takes most of the time of an edit to read a whole
// document with it. So Local has the package plain read the whole document, and the library only the blocks that were edited:
//
//	text, edits                    plain                        library            accepted
//	not all plain                  -                            -                  no
//	plain                          another tree, or no tree     -                  no
//	plain                          the tree                     another block      no
//	plain                          the tree                     the same blocks    yes
//
// What Local does not accept, the caller reads again as a whole with the library, which decides. Local must accept only what that
// would. It relies on plain.Read, which never differs from the library, for what no edit has touched. FuzzLocal, FuzzMutants and
// FuzzRead of the package plain hold both.
package proof
