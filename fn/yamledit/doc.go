// Package yamledit changes YAML without touching the rest of it.
//
// A Document is parsed for positions; edits are queued against the original bytes, and Finish returns them after
// it has parsed the edited text again and found in it exactly the tree that the edits meant. Nothing is ever
// emitted from a tree: a byte that no edit names is a byte of the input. The package knows no Kubernetes.
//
//	doc, err := yamledit.Parse(text)
//	labels := yamledit.Lookup(doc.Root(), "labels")
//	err = doc.Merge(doc.Root(), yamledit.Map(yamledit.Pair("labels", yamledit.Map(...))))
//	edits, err := doc.Finish()
//	text = yamledit.Splice(text, edits)
//
// The verbs are Merge (set values, add keys, fill what is empty), Append (add items to a sequence), Remove and
// RemoveItems, and Embed, which edits a document that stands in a scalar of this one. What cannot be edited safely
// comes back as a *Refusal with its line: the caller decides what that means.
//
// # Where a new key goes
//
// YAML has no place of its own for an addition, so each rule below is a guess at what a careful person would have
// typed. The aim is a diff that a reviewer reads at a glance, and that removal can undo to the byte.
//
// A new key goes after the last key of its mapping, not before the first and not sorted in. Comments above the
// first key mostly speak of the whole mapping, and a key put between the two would steal them. Sorting would have
// to guess whether the author sorts. The exception is a key that the caller marks as leading (a pod template's
// metadata, which everyone writes above its spec): it goes before the first key, and above the comment lines that
// touch that key, because those speak of the key.
//
// "After the last key" means after the last line of its value. A comment on that line stays there. Comment lines
// below it stay with it only where they are indented deeper than the key and follow without a blank line: those
// continue what was said. A comment at the key's own indentation, or further out, is more often the heading of what
// comes next, so the new key goes above it. Blank lines stay below, for they part the mapping from what follows. A
// block scalar that keeps its trailing blank lines (`|+`) owns them, so there the key goes below. And a block
// scalar that ends the text without a line break would gain one from any line below it: there the key goes above
// the one that holds the scalar.
//
// The text is inserted at the end of that last line, before its line break, and begins with a line break of its
// own. So a text without a final line break stays without one, and CRLF stays CRLF.
//
// An empty mapping shows what its author meant by how it is empty. `labels:` is filled below, as if it had waited
// for it. `labels: {}` is in flow style and stays so: the braces are filled, and emptying them again gives back the
// same bytes. `labels: null` has to go, and becomes a block mapping. `labels: *base` cannot take a key, for the key
// would belong to whoever else uses the anchor: it becomes a mapping that merges `*base` and adds its own keys.
// Where the mapping itself is the anchored one, and is used elsewhere, any edit would leak: it is refused.
//
// Indentation, the offset of a sequence's dashes, quotes, and in flow style the spaces and trailing commas, are
// those of the nearest neighbour that shows them: the mapping itself, then its siblings, then what encloses it.
package yamledit
