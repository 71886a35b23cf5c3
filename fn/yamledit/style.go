package yamledit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// style is how an addition is written: what the neighbours of its place show.
type style struct {
	eol      string
	step     int  // indentation of a block mapping in a block mapping
	dash     int  // indentation of a block sequence's dashes in a block mapping
	item     int  // from a dash to its item
	keyQuote byte // around keys, or 0
	quote    byte // around strings that are written in quotes
	tight    bool // flow style without spaces behind colons and commas
	strict   bool // all strings are quoted: the neighbours are JSON or KYAML
	final    bool // the text ends there without a line break
}

// styleAt reads the style for additions to a collection at an offset.
func (d *Document) styleAt(collection *yaml.Node, at int) style {
	s := style{eol: d.eol(at), step: 2, item: 2, quote: '\''}
	s.final = d.lineEnd(at) == len(d.text)
	s.step, s.dash, s.item = d.indents(collection)
	s.keyQuote = d.keyQuote(collection)
	if q := d.valueQuote(collection); q != 0 {
		s.quote = q
	} else if s.keyQuote != 0 {
		s.quote = s.keyQuote
	}
	s.tight = d.isTight(collection)
	s.strict = s.keyQuote == '"' || isFlow(collection) && s.quote == '"'
	return s
}

// eol is the line break of the line at the offset, or of the line before it.
func (d *Document) eol(at int) string {
	end := d.lineEnd(at)
	if end == len(d.text) {
		end = d.lineStart(at) - 1
		if end > 0 && d.text[end] == '\n' && d.text[end-1] == '\r' {
			end--
		}
	}
	switch {
	case end < 0 || end >= len(d.text) || d.text[end] == '\n':
		return "\n"
	case end+1 < len(d.text) && d.text[end+1] == '\n':
		return "\r\n"
	case d.text[end] == '\r':
		return "\r"
	}
	return "\n"
}

// indents looks for a mapping and for a sequence in a mapping, here and then further out.
func (d *Document) indents(collection *yaml.Node) (step, dash, item int) {
	step, dash, item = 0, -1, 2
	for p := collection; p != nil; p = d.kin(p).parent {
		if p.Kind != yaml.MappingNode || isFlow(p) || len(p.Content) == 0 {
			continue
		}
		indent := p.Content[0].Column - 1
		for i := 1; i < len(p.Content); i += 2 {
			child := p.Content[i]
			if isFlow(child) || len(child.Content) == 0 {
				continue
			}
			switch {
			case child.Kind == yaml.MappingNode && step == 0:
				step = max(child.Content[0].Column-1-indent, 0)
			case child.Kind == yaml.SequenceNode && dash < 0:
				dash = max(d.dash(child)-indent, 0)
				item = d.itemOffset(child)
			}
		}
	}
	if step == 0 {
		step = 2
	}
	return step, max(dash, 0), item
}

// itemOffset is the distance from a block sequence's last dash to its item.
func (d *Document) itemOffset(sequence *yaml.Node) int {
	last := sequence.Content[len(sequence.Content)-1]
	if offset := last.Column - 1 - d.dash(sequence); offset >= 2 && last.Kind == yaml.MappingNode && !isFlow(last) {
		return offset
	}
	return 2
}

// keyQuote is the quote around every key of the nearest mapping that has any, or 0.
func (d *Document) keyQuote(collection *yaml.Node) byte {
	for p := collection; p != nil; p = d.kin(p).parent {
		if p.Kind != yaml.MappingNode || len(p.Content) == 0 {
			continue
		}
		quote := quoteOf(p.Content[0])
		for i := 2; i < len(p.Content); i += 2 {
			if quoteOf(p.Content[i]) != quote {
				return 0
			}
		}
		return quote
	}
	return 0
}

// valueQuote is the quote around the first quoted value here, or in a sibling, or 0.
func (d *Document) valueQuote(collection *yaml.Node) byte {
	if quote := firstQuote(collection); quote != 0 {
		return quote
	}
	for _, around := range []*yaml.Node{d.kin(collection).parent, collection} {
		if around == nil || around.Kind != yaml.MappingNode {
			continue
		}
		for _, near := range around.Content {
			if quote := firstQuote(near); quote != 0 && near.Kind == yaml.MappingNode {
				return quote
			}
		}
	}
	return 0
}

func firstQuote(collection *yaml.Node) byte {
	for i, child := range collection.Content {
		if collection.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if quote := quoteOf(child); quote != 0 {
			return quote
		}
	}
	return 0
}

// quoteOf is the quote around a scalar, or 0.
func quoteOf(n *yaml.Node) byte {
	switch {
	case n.Kind != yaml.ScalarNode:
		return 0
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return '"'
	case n.Style&yaml.SingleQuotedStyle != 0:
		return '\''
	}
	return 0
}

// isTight says whether the nearest flow mapping that has a key goes on right behind the key's colon.
func (d *Document) isTight(collection *yaml.Node) bool {
	for p := collection; p != nil && isFlow(p); p = d.kin(p).parent {
		if p.Kind != yaml.MappingNode || len(p.Content) == 0 {
			continue
		}
		at, err := d.colonEnd(p, 0)
		return err == nil && at < len(d.text) && !isSpace(d.text[at])
	}
	return false
}

// startsLine says whether nothing but white space stands before the offset on its line.
func (d *Document) startsLine(at int) bool {
	return strings.TrimLeft(string(d.text[d.lineStart(at):at]), " \t") == ""
}
