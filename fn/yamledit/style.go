package yamledit

import "go.yaml.in/yaml/v3"

// style is how to write an addition, as its neighbours are written.
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
	near := d.indents(collection)
	if near.step != 0 {
		s.step = near.step
	}
	s.dash, s.item = max(near.dash, 0), near.item
	s.keyQuote, _ = d.keyQuote(collection)
	if q := d.valueQuote(collection); q != 0 {
		s.quote = q
	} else if s.keyQuote != 0 {
		s.quote = s.keyQuote
	}
	s.tight = d.isTight(collection)
	s.strict = s.keyQuote == '"' || isFlow(collection) && s.quote == '"'
	return s
}

// indents are the indentations that block mappings show.
type indents struct {
	step int // from a mapping to a mapping in it; 0 where none is shown
	dash int // from a mapping to the dashes of a sequence in it; -1 where none is shown
	item int // from those dashes to their items
}

// indents looks for a mapping and for a sequence in a mapping: in the collection, then in what encloses it.
func (d *Document) indents(collection *yaml.Node) indents {
	found := indents{dash: -1, item: 2}
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
			case child.Kind == yaml.MappingNode && found.step == 0:
				found.step = max(child.Content[0].Column-1-indent, 0)
			case child.Kind == yaml.SequenceNode && found.dash < 0:
				found.dash = max(d.dash(child)-indent, 0)
				found.item = d.itemOffset(child)
			}
		}
	}
	if d.outline != nil && found.step == 0 {
		found.step = d.outline.indents.step
	}
	if d.outline != nil && found.dash < 0 {
		found.dash, found.item = d.outline.indents.dash, d.outline.indents.item
	}
	return found
}

// itemOffset is the distance from a block sequence's last dash to its item.
func (d *Document) itemOffset(sequence *yaml.Node) int {
	if d.outline != nil && sequence == d.root {
		return d.outline.itemOffset
	}
	last := sequence.Content[len(sequence.Content)-1]
	if offset := last.Column - 1 - d.dash(sequence); offset >= 2 && last.Kind == yaml.MappingNode && !isFlow(last) {
		return offset
	}
	return 2
}

// keyQuote returns the quote around every key of the nearest mapping that has any, or 0; and whether there is one.
func (d *Document) keyQuote(collection *yaml.Node) (quote byte, found bool) {
	for p := collection; p != nil; p = d.kin(p).parent {
		if p.Kind != yaml.MappingNode || len(p.Content) == 0 {
			continue
		}
		quote := quoteOf(p.Content[0])
		for i := 2; i < len(p.Content); i += 2 {
			if quoteOf(p.Content[i]) != quote {
				return 0, true
			}
		}
		return quote, true
	}
	if d.outline != nil {
		return d.outline.keyQuote, d.outline.hasKeys
	}
	return 0, false
}

// valueQuote is the quote around the first quoted value here, or in a sibling, or 0.
func (d *Document) valueQuote(collection *yaml.Node) byte {
	if d.outline != nil && collection == d.root {
		return d.outline.valueQuote
	}
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

// isTight says whether the nearest flow mapping that has a key has no space behind the key's colon.
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
