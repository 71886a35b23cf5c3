// Package proof checks an edited document against the tree that its edits mean.
//
// The YAML library is the judge: what it reads is what Kubernetes gets. But it takes most of the time of an edit to read a whole
// document with it. So the proof is local: the package plain reads the whole document, and the library only the blocks that were edited:
//
//	text, edits                    plain                        library            accepted
//	not all plain                  -                            -                  no
//	plain                          another tree, or no tree     -                  no
//	plain                          the tree                     another block      no
//	plain                          the tree                     the same blocks    yes
//
// What is not accepted, the caller reads again as a whole with the library, which decides. The local proof must accept only what that
// would. It relies on the package plain, which never differs from the library, for what no edit has touched. FuzzLocal and FuzzMutants
// of yamledit hold the one, and FuzzRead of the package plain the other.
package proof
