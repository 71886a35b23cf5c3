package yamledit

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit/library"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// Document is one YAML document and the edits queued on it. Its nodes are those of the YAML library. Read them, but change
// them only through the Document.
type Document struct {
	text   []byte
	root   *yaml.Node
	lines  lines
	memory *plain.Memory // of the nodes of a plain document
	// isPlain says that the document has no anchors, and its nodes the order of their places.
	isPlain bool
	// foreign says that aliases were masked, because an anchor is not defined in this document.
	foreign bool
	// outline of the document that the root's only item was cut out of, or nil.
	outline *Outline

	family  map[*yaml.Node]kin
	queue   []queued
	removed map[*yaml.Node]bool
	changes []func()                  // the same edits, to the tree
	behind  map[*yaml.Node]*yaml.Node // the last item to be inserted behind an item
	twice   string                    // a key that the edits add twice
}

// Parse reads the first document of a text, which the Document aliases and never changes. The error is a
// *library.SyntaxError. An alias whose anchor is not in the text is not an error, because the document may be part of a larger one.
func Parse(text []byte) (*Document, error) {
	d := &Document{text: text, lines: lines{text: text}, memory: plain.Borrow()}
	d.root = d.memory.Read(text)
	d.isPlain = d.root != nil
	if d.lines.plain = d.isPlain; d.isPlain {
		return d, nil
	}
	d.Release()
	var err error
	d.root, err = library.Read(text)
	if d.foreign = library.IsUnknownAnchor(err); d.foreign {
		d.root, err = library.Read(maskAliases(text))
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Release gives the memory of the nodes to a document that is parsed later. It is optional. The Document must not be used afterwards, nor
// one of its nodes; their values may.
func (d *Document) Release() {
	if d.memory != nil {
		d.memory.Return()
		d.memory = nil
	}
}

// Root is the document's node, or nil where the document is empty.
func (d *Document) Root() *yaml.Node { return d.root }

// isEdited says whether edits are queued.
func (d *Document) isEdited() bool { return len(d.queue) > 0 || len(d.removed) > 0 }

// replace queues the replacement of the bytes from start up to end, as an edit of the collection in.
func (d *Document) replace(in *yaml.Node, start, end int, text string) {
	d.queue = append(d.queue, queued{Edit: Edit{start, end, text}, depth: d.kin(in).depth})
}

func (d *Document) insert(in *yaml.Node, at int, text string) { d.replace(in, at, at, text) }

// then queues the change to the tree that an edit means.
func (d *Document) then(change func()) { d.changes = append(d.changes, change) }

// shared refuses an edit in or below a node that an alias refers to.
func (d *Document) shared(n *yaml.Node) error {
	for p := n; p != nil; p = d.kin(p).parent {
		if d.kin(p).aliased {
			return d.refuse(p, "the anchor &%s is used elsewhere in the document, so an edit here would also change other places", p.Anchor)
		}
	}
	return nil
}

// isForeign says whether a node is a masked alias, whose anchor is not in this document.
func (d *Document) isForeign(n *yaml.Node) bool {
	if !d.foreign || n.Kind != yaml.ScalarNode || n.Style != 0 {
		return false
	}
	at, err := d.start(n)
	return err == nil && at < len(d.text) && d.text[at] == '*'
}

var alias = pattern.Lazy(`(^|[\s\[{,])\*([^\s\[\]{},]+)`)

// maskAliases turns what looks like an alias into a plain scalar of the same length, so that positions stay valid. It also
// changes such text inside of strings, in the same way before and after an edit.
func maskAliases(text []byte) []byte { return alias().ReplaceAll(text, []byte("${1}_${2}")) }
