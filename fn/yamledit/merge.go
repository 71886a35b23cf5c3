package yamledit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Merge makes a mapping say what a patch says: keys that it lacks are added, mappings are merged, items of sequences
// are appended, and scalars that differ are replaced. Keys that the patch does not name stay as they are.
// The mapping must stand in the document itself, not behind an alias. Merge a mapping once: a second patch does not
// see what the first one added. The error is a *Refusal.
func (d *Document) Merge(mapping, patch *yaml.Node) error {
	if mapping.Kind != yaml.MappingNode {
		return d.refuse(mapping, "this is a %s, and should be a mapping", kindOf(mapping))
	}
	var added []*yaml.Node
	for i := 0; i < len(patch.Content); i += 2 {
		key, value := patch.Content[i], patch.Content[i+1]
		if isTwice(mapping, key.Value) {
			return d.refuse(mapping.Content[index(mapping, key.Value)], "the key %q is there twice", key.Value)
		}
		if at := index(mapping, key.Value); at >= 0 {
			if err := d.mergeValue(mapping, at, value); err != nil {
				return err
			}
			continue
		}
		if merged := Lookup(mapping, key.Value); !IsNull(merged) && value.Kind != yaml.ScalarNode {
			return d.refuse(mapping, "%q comes out of a merge key, so an edit below it would change other places too", key.Value)
		}
		added = append(added, key, value)
	}
	if len(added) == 0 {
		return nil
	}
	return d.add(mapping, added)
}

// mergeValue merges a patch's value into the value of the key at the index.
func (d *Document) mergeValue(mapping *yaml.Node, at int, patch *yaml.Node) error {
	value := mapping.Content[at+1]
	switch {
	case d.isForeign(value):
		return d.refuse(value, "the anchor of the alias is not in this document")
	case patch.Kind == yaml.ScalarNode:
		if old := Resolve(value); old.Kind == yaml.ScalarNode && old.Value == patch.Value && old.ShortTag() == patch.ShortTag() {
			return nil
		}
		return d.Set(mapping, mapping.Content[at].Value, patch)
	case len(patch.Content) == 0:
		return nil
	case IsNull(value):
		return d.fill(mapping, at, patch)
	case value.Kind == yaml.AliasNode && patch.Kind == yaml.MappingNode && value.Alias.Kind == yaml.MappingNode:
		return d.fillAlias(mapping, at, patch)
	case value.Kind == yaml.AliasNode:
		return d.refuse(value, "this stands for the anchor &%s, so an edit here would change other places too", value.Value)
	case value.Kind != patch.Kind:
		return d.refuse(value, "this is a %s, and should be a %s", kindOf(value), kindOf(patch))
	case patch.Kind == yaml.MappingNode:
		return d.Merge(value, patch)
	}
	return d.Append(value, patch.Content...)
}

// Lead adds a key as the first of a mapping. The error is a *Refusal.
func (d *Document) Lead(mapping *yaml.Node, key string, value *yaml.Node) error {
	entry := []*yaml.Node{Plain(key), value}
	if isFlow(mapping) || len(mapping.Content) == 0 {
		return d.add(mapping, entry)
	}
	if err := d.shared(mapping); err != nil {
		return err
	}
	at, err := d.start(mapping.Content[0])
	if err != nil {
		return err
	}
	indent := mapping.Content[0].Column - 1
	s := d.styleAt(mapping, at)
	s.final = false
	text := s.entry(entry[0], value, indent)
	if d.startsLine(at) {
		at = d.aboveComments(at)
		text = strings.Repeat(" ", indent) + text + s.eol
	} else {
		text += s.line(indent)
	}
	d.insert(mapping, at, text)
	d.then(func() { mapping.Content = append(entry, mapping.Content...) })
	return nil
}

// aboveComments returns the start of the line at the offset, or of the comment lines that touch it from above.
func (d *Document) aboveComments(at int) int {
	start := d.lineStart(at)
	for start > 0 {
		above := d.lineStart(d.beforeBreak(start))
		if above >= start || !strings.HasPrefix(strings.TrimLeft(string(d.text[above:start]), " "), "#") {
			break
		}
		start = above
	}
	return start
}

// beforeBreak returns the offset of the line break that ends in front of the offset.
func (d *Document) beforeBreak(at int) int {
	if at >= 2 && d.text[at-1] == '\n' && d.text[at-2] == '\r' {
		return at - 2
	}
	return at - 1
}

// add appends entries (keys and values in turn) to a mapping.
func (d *Document) add(mapping *yaml.Node, entries []*yaml.Node) error {
	if err := d.shared(mapping); err != nil {
		return err
	}
	if !isFlow(mapping) {
		return d.addBlock(mapping, entries)
	}
	if err := d.addFlow(mapping, entries, 2); err != nil {
		return err
	}
	d.then(func() { mapping.Content = append(mapping.Content, entries...) })
	return nil
}

func (d *Document) addBlock(mapping *yaml.Node, entries []*yaml.Node) error {
	last := len(mapping.Content) - 1
	end, err := d.childEnd(mapping, last)
	if err != nil {
		return err
	}
	s := d.styleAt(mapping, end)
	indent := mapping.Content[0].Column - 1
	if d.wouldGainBreak(mapping.Content[last], end) {
		at, err := d.start(mapping.Content[last-1])
		if err != nil {
			return err
		}
		s.final = false
		var b strings.Builder
		for i := 0; i < len(entries); i += 2 {
			b.WriteString(s.entry(entries[i], entries[i+1], indent) + s.line(indent))
		}
		d.insert(mapping, at, b.String())
		d.then(func() { mapping.Content = slices.Insert(mapping.Content, len(mapping.Content)-2, entries...) })
		return nil
	}
	var b strings.Builder
	for i := 0; i < len(entries); i += 2 {
		b.WriteString(s.line(indent) + s.entry(entries[i], entries[i+1], indent))
	}
	d.insert(mapping, d.tail(end, indent), b.String())
	d.then(func() { mapping.Content = append(mapping.Content, entries...) })
	return nil
}

// wouldGainBreak says whether a value ends, at the end of the text, in a block scalar that has no final line break
// and would gain one from a line below it.
func (d *Document) wouldGainBreak(value *yaml.Node, end int) bool {
	if end != len(d.text) {
		return false
	}
	for len(value.Content) > 0 {
		value = value.Content[len(value.Content)-1]
	}
	return isBlockScalar(value) && value.Value != "" && !strings.HasSuffix(value.Value, "\n") && !d.strips(value)
}

func (d *Document) strips(scalar *yaml.Node) bool {
	at, err := d.content(scalar)
	if err != nil {
		return false
	}
	block, err := d.blockScalar(scalar, at)
	return err == nil && block.strips
}

// tail returns the end of the line at the offset, or of the comment lines below it that are indented deeper than what
// the line belongs to.
func (d *Document) tail(at, indent int) int {
	end := d.lineEnd(at)
	for next := d.nextLine(end); next < len(d.text); next = d.nextLine(end) {
		line := d.text[next:d.lineEnd(next)]
		if n := indentation(line); n <= indent || n == len(line) || line[n] != '#' {
			break
		}
		end = d.lineEnd(next)
	}
	return end
}

// Append adds items to a sequence, behind its last one. The error is a *Refusal.
func (d *Document) Append(sequence *yaml.Node, items ...*yaml.Node) error {
	if isFlow(sequence) || len(sequence.Content) == 0 {
		if err := d.shared(sequence); err != nil {
			return err
		}
		if err := d.addFlow(sequence, items, 1); err != nil {
			return err
		}
		d.then(func() { sequence.Content = append(sequence.Content, items...) })
		return nil
	}
	return d.InsertAfter(sequence, sequence.Content[len(sequence.Content)-1], items...)
}

// InsertAfter adds items to a sequence behind one of its items. In flow style they go behind the last one. The error is a
// *Refusal.
func (d *Document) InsertAfter(sequence, after *yaml.Node, items ...*yaml.Node) error {
	if isFlow(sequence) {
		return d.Append(sequence, items...)
	}
	if err := d.shared(sequence); err != nil {
		return err
	}
	end, err := d.end(after)
	if err != nil {
		return err
	}
	if d.wouldGainBreak(after, end) {
		return d.refuse(after, "the text ends in a block scalar without a line break, so nothing can follow it")
	}
	s := d.styleAt(sequence, end)
	s.item = d.itemOffset(sequence)
	dash := d.dash(sequence)
	var b strings.Builder
	for _, item := range items {
		b.WriteString(s.line(dash) + s.listItem(item, dash))
	}
	d.insert(sequence, d.tail(end, dash), b.String())
	last := after
	if inserted, ok := d.behind[after]; ok {
		last = inserted // the text has it in front of these
	}
	if d.behind == nil {
		d.behind = map[*yaml.Node]*yaml.Node{}
	}
	d.behind[after] = items[len(items)-1]
	d.then(func() {
		at := slices.Index(sequence.Content, last) + 1
		sequence.Content = slices.Insert(sequence.Content, at, items...)
	})
	return nil
}
