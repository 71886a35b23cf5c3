package yamledit

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit/library"
)

// Embed parses the document inside of the scalar of a mapping's own key: YAML inside YAML. Edit that document, then pass it
// to SetEmbedded. Lines of errors are those of this document. The error is a *library.SyntaxError where the scalar is not valid
// YAML, or a *Refusal.
func (d *Document) Embed(mapping *yaml.Node, key string) (*Document, error) {
	scalar := own(mapping, key)
	if scalar == nil || scalar.Kind != yaml.ScalarNode {
		return nil, d.refuse(mapping, "%q must be a scalar of this mapping itself", key)
	}
	inner, err := Parse([]byte(scalar.Value))
	if syntax, ok := err.(*library.SyntaxError); ok {
		syntax.Line = scalar.Line
	}
	return inner, err
}

// SetEmbedded writes an edited document back to the scalar that Embed read. In a literal block scalar only the
// edited lines change; any other scalar is replaced as a whole. The error is a *Refusal.
func (d *Document) SetEmbedded(mapping *yaml.Node, key string, inner *Document) error {
	edits, err := inner.Finish()
	if err != nil || len(edits) == 0 {
		return err
	}
	value := string(Splice(inner.text, edits))
	scalar := own(mapping, key)
	if scalar.Kind != yaml.ScalarNode || scalar.Style&yaml.LiteralStyle == 0 {
		return d.Set(mapping, key, String(value))
	}
	if err := d.shared(scalar); err != nil {
		return err
	}
	at, err := d.content(scalar)
	if err != nil {
		return err
	}
	block, err := d.blockScalar(scalar, at)
	if err != nil {
		return err
	}
	within := literal{d, block, inner.text}
	gainsBreak := block.strips && strings.HasSuffix(value, "\n") // what is last now is a block scalar that ends in one
	if gainsBreak {
		minus := at + bytes.IndexByte(d.text[at:], '-')
		d.replace(scalar, minus, minus+1, "")
	}
	for _, e := range edits {
		start, end := within.offset(e.Start), within.offset(e.End)
		switch {
		case e.Text != "" || within.column(e.Start) > 0:
		case within.column(e.End) == 0:
			start, end = d.lineStart(start), d.lineStart(end) // whole lines
		case gainsBreak && e.End == len(inner.text):
			start, end = d.lineStart(start), d.nextLine(d.lineEnd(end))
		}
		text := strings.ReplaceAll(e.Text, "\n", d.eol(start)+strings.Repeat(" ", block.indent))
		d.replace(scalar, start, end, text)
	}
	d.then(func() { scalar.Value = value })
	return nil
}

// literal maps offsets in the value of a literal block scalar to offsets in the text around it.
type literal struct {
	d     *Document
	block blockScalar
	value []byte
}

func (l literal) column(offset int) int {
	return offset - (bytes.LastIndexByte(l.value[:offset], '\n') + 1)
}

func (l literal) offset(offset int) int {
	line := l.block.body
	for range bytes.Count(l.value[:offset], []byte("\n")) {
		line = l.d.nextLine(l.d.lineEnd(line))
	}
	if line >= l.d.nextLine(l.block.end) {
		return line
	}
	return min(line+l.block.indent+l.column(offset), l.d.lineEnd(line))
}
