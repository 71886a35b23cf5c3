// Package yamledit edits YAML text in place and leaves every other byte as it is.
//
// Parse reads a document for the positions of its nodes. The verbs queue edits of the original bytes. Finish returns
// the edits after it has applied them, read the edited text and compared it with the tree that the edits mean. The
// package never writes a tree out, so a byte that no edit covers is a byte of the input. It does not know Kubernetes.
//
//	doc, err := yamledit.Parse(text)
//	patch := yamledit.Map(yamledit.Entry{Key: "app", Value: yamledit.Plain("web")})
//	err = doc.Merge(yamledit.Lookup(doc.Root(), "metadata", "labels"), patch)
//	edits, err := doc.Finish()
//	text = yamledit.Splice(text, edits)
//
// Lookup, Items, Text, Texts and Keys read the tree; they follow aliases and merge keys. Map, List, String, Plain, True and
// FromJSON make values to add. The verbs are methods of Document:
//
//   - Merge sets values, adds keys and list items, and fills what is empty.
//   - Prepend adds a key in front of the others.
//   - Append and InsertAfter add items to a sequence.
//   - Set replaces the value of a key by a scalar. Rename replaces a key together with its value.
//   - Remove and RemoveItem undo additions.
//   - Embed and SetEmbedded edit a YAML document inside of a scalar.
//
// An edit that is not safe returns a *Refusal with its line and path; the caller decides what that means. Outline and
// ParseItem edit the items of a long list one at a time, without the rest of the document.
//
// # Where to start
//
// Read document.go first (Parse and the queue) and finish.go, then merge.go. The other verbs are in set.go, remove.go,
// embed.go and outline.go; edits of collections in flow style are in flow.go. position.go, line.go and blockscalar.go
// find the bytes of a node, since the parser tells only where a node begins. style.go reads from the neighbours how
// to write an addition, and render.go writes it. The package library reads YAML with the YAML library, the package plain reads
// common YAML in less time, and the package proof checks an edited text with both.
//
// # Where a new key goes
//
// YAML has no rule for the place of an addition, so each rule below is a guess at what a careful person would have
// typed. The aim is a diff that a reviewer understands at a glance, and that a removal can undo to the byte.
//
// A new key goes after the last key of its mapping, not before the first and not in sorted order. Comments above the
// first key are mostly about the whole mapping, and a key between the two would separate them. Sorting would have to
// guess whether the author sorts. The exception is a key that the caller adds with Prepend (a pod template's metadata,
// which everyone writes above its spec): it goes before the first key, and above the comment lines directly above
// that key, because those are about the key.
//
// "After the last key" means after the last line of its value. A comment on that line stays there. Comment lines
// below it stay with it only where they are indented deeper than the key and follow without a blank line: those
// continue the comment. A comment at the key's own indentation, or less, is more often the heading of what comes
// next, so the new key goes above it. Blank lines stay below, because they separate the mapping from what follows. A
// block scalar that keeps its trailing blank lines (`|+`) includes them, so there the key goes below them. A block
// scalar that ends the text without a line break would gain one from any line below it. There the key goes above the
// key of that scalar.
//
// The text is inserted at the end of that last line, before its line break, and begins with a line break of its own.
// So a text without a final line break stays without one, and CRLF stays CRLF.
//
// How an empty mapping is written shows how to fill it. `labels:` gets block entries below it. `labels: {}` is in
// flow style and stays so: the entries go between the braces, and removing them again restores the same bytes.
// `labels: null` is replaced by a block mapping. `labels: *base` cannot take a key, because the key would also appear
// wherever else the anchor is used: it becomes a mapping that merges `*base` and adds its own keys. Where the mapping
// has the anchor itself and is used elsewhere, any edit would change the other places too: it is refused.
//
// Indentation, the offset of a sequence's dashes, quotes, and in flow style the spaces and trailing commas, are those
// of the nearest neighbour that shows them: the mapping itself, then its siblings, then what encloses it.
package yamledit
