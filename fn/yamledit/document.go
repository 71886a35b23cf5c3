package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// Document is one YAML document and the edits queued on it. Its nodes are those of the YAML library. Read them, but change
// them only through the Document.
type Document struct {
	text  []byte
	root  *yaml.Node
	lines lines
	// foreign says that aliases were masked, because an anchor is not defined in this document.
	foreign bool
	// outline of the document that the root's only item was cut out of, or nil.
	outline *Outline

	family  map[*yaml.Node]kin
	queue   []queued
	removed map[*yaml.Node]bool
	changes []func()                  // the same edits, to the tree
	behind  map[*yaml.Node]*yaml.Node // the last item to be inserted behind an item
}

// kin is where a node belongs in the tree.
type kin struct {
	parent  *yaml.Node
	depth   int
	aliased bool // an alias in this document refers to the node
}

// Parse reads the first document of a text, which the Document aliases and never changes. The error is a
// *SyntaxError. An alias whose anchor is not in the text is not an error, because the document may be part of a larger one.
func Parse(text []byte) (*Document, error) {
	d := &Document{text: text, root: plain.Read(text), lines: lines{text: text}}
	if d.root != nil {
		return d, nil
	}
	var err error
	d.root, err = parse(text)
	if d.foreign = isUnknownAnchor(err); d.foreign {
		d.root, err = parse(maskAliases(text))
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Root is the document's node, or nil where the document is empty.
func (d *Document) Root() *yaml.Node { return d.root }

// isEdited says whether edits are queued.
func (d *Document) isEdited() bool { return len(d.queue) > 0 || len(d.removed) > 0 }

// Finish returns the queued edits in order, after it has applied them, parsed the result and compared it with the
// tree that the edits mean. The Document must not be used afterwards. A *Refusal says that the trees differ.
func (d *Document) Finish() ([]Edit, error) {
	if !d.isEdited() {
		return nil, nil
	}
	if err := d.sweep(); err != nil {
		return nil, err
	}
	edits, err := inOrder(d.queue)
	if err != nil {
		return nil, err
	}
	text := Splice(d.text, edits)
	if d.foreign {
		text = maskAliases(text)
	}
	got, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("the edited document does not parse: %w", err)
	}
	for _, change := range d.changes {
		change()
	}
	root := d.root
	if d.outline != nil && len(root.Content) == 0 {
		if root = nil; !d.outline.canRemain(text) {
			return nil, refuseItem("the lines below the removed item may become part of the item above it")
		}
	}
	if line, ok := same(root, got); !ok {
		return nil, &Refusal{Line: line, Cause: "the edited document would not have the expected content"}
	}
	return extended(d.queue, edits), nil
}

// replace queues the replacement of the bytes from start up to end, as an edit of the collection in.
func (d *Document) replace(in *yaml.Node, start, end int, text string) {
	d.queue = append(d.queue, queued{Edit: Edit{start, end, text}, depth: d.kin(in).depth})
}

func (d *Document) insert(in *yaml.Node, at int, text string) { d.replace(in, at, at, text) }

// then queues the change to the tree that an edit means.
func (d *Document) then(change func()) { d.changes = append(d.changes, change) }

// kin looks up a node. The index is made on first use, because most documents are never edited.
func (d *Document) kin(n *yaml.Node) kin {
	if d.family == nil {
		d.family = map[*yaml.Node]kin{}
		var index func(n, parent *yaml.Node, depth int)
		index = func(n, parent *yaml.Node, depth int) {
			k := d.family[n]
			k.parent, k.depth = parent, depth
			d.family[n] = k
			if n.Kind == yaml.AliasNode {
				target := d.family[n.Alias]
				target.aliased = true
				d.family[n.Alias] = target
			}
			for _, child := range n.Content {
				index(child, n, depth+1)
			}
		}
		index(d.root, nil, 0)
	}
	return d.family[n]
}

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

// parse returns the root node of the text, or a *SyntaxError.
func parse(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed text
			root, err = nil, &SyntaxError{Cause: fmt.Sprint("the YAML parser failed: ", r)}
		}
	}()
	var document, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err = decoder.Decode(&document)
	if err == nil {
		err = decoder.Decode(&more) // an error below the document would go unnoticed otherwise
		if err == nil {
			return nil, &SyntaxError{Line: more.Line, Cause: "a second document starts here"}
		}
	}
	if err != nil && err != io.EOF {
		return nil, newSyntaxError(text, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], nil
}

func isUnknownAnchor(err error) bool {
	var syntax *SyntaxError
	return errors.As(err, &syntax) && strings.HasPrefix(syntax.Cause, "unknown anchor")
}

var alias = pattern.Lazy(`(^|[\s\[{,])\*([^\s\[\]{},]+)`)

// maskAliases turns what looks like an alias into a plain scalar of the same length, so that positions stay valid. It also
// changes such text inside of strings, in the same way before and after an edit.
func maskAliases(text []byte) []byte { return alias().ReplaceAll(text, []byte("${1}_${2}")) }
