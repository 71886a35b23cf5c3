package yamledit

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Merge applies a patch to a mapping: missing keys are added, mappings are merged, items of sequences
// are appended, and scalars that differ are replaced. Keys that the patch does not name stay as they are.
// The mapping must be in the document itself, not behind an alias. Merge a mapping only once: a second patch does not
// see what the first one added. The error is a *Refusal.
func (d *Document) Merge(mapping, patch *yaml.Node) error {
	if mapping.Kind != yaml.MappingNode {
		return d.refuse(mapping, "expected a mapping, got %s", kindOf(mapping))
	}
	var added []*yaml.Node
	for i := 0; i < len(patch.Content); i += 2 {
		key, value := patch.Content[i], patch.Content[i+1]
		if isTwice(mapping, key.Value) {
			return d.refuse(mapping.Content[index(mapping, key.Value)], "the key %q is defined twice", key.Value)
		}
		if at := index(mapping, key.Value); at >= 0 {
			if err := d.mergeValue(mapping, at, value); err != nil {
				return err
			}
			continue
		}
		if merged := Lookup(mapping, key.Value); !IsNull(merged) && value.Kind != yaml.ScalarNode {
			return d.refuse(mapping, "%q comes from a merge key, so an edit to it would also change other places", key.Value)
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
		return d.refuse(value, "the alias refers to an anchor that this document does not define")
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
		return d.refuse(value, "this is an alias of the anchor &%s, so an edit to it would also change other places", value.Value)
	case value.Kind != patch.Kind:
		return d.refuse(value, "expected %s, got %s", kindOf(patch), kindOf(value))
	case patch.Kind == yaml.MappingNode:
		return d.Merge(value, patch)
	}
	return d.Append(value, patch.Content...)
}

// Prepend adds a key in front of the other keys of a mapping. The error is a *Refusal.
func (d *Document) Prepend(mapping *yaml.Node, key string, value *yaml.Node) error {
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
	w := writer{style: s}
	if d.startsLine(at) {
		at = d.aboveComments(at)
		w.spaces(indent)
		w.entry(entry[0], value, indent)
		w.line(0)
	} else {
		w.entry(entry[0], value, indent)
		w.line(indent)
	}
	d.insert(mapping, at, w.String())
	d.thenAdd(mapping, 0, entry)
	return nil
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
	d.thenAdd(mapping, len(mapping.Content), entries)
	return nil
}

func (d *Document) addBlock(mapping *yaml.Node, entries []*yaml.Node) error {
	last := len(mapping.Content) - 1
	end, err := d.childEnd(mapping, last)
	if err != nil {
		return err
	}
	if err := d.belowRareBreak(mapping.Content[last-1]); err != nil {
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
		w := writer{style: s}
		for i := 0; i < len(entries); i += 2 {
			w.entry(entries[i], entries[i+1], indent)
			w.line(indent)
		}
		d.insert(mapping, at, w.String())
		d.thenAdd(mapping, last-1, entries)
		return nil
	}
	at := d.tail(end, indent)
	s.eol = d.eol(at)
	w := writer{style: s}
	for i := 0; i < len(entries); i += 2 {
		w.line(indent)
		w.entry(entries[i], entries[i+1], indent)
	}
	d.insert(mapping, at, w.String())
	d.thenAdd(mapping, len(mapping.Content), entries)
	return nil
}

// thenAdd adds entries to a mapping of the tree, at an index or, where it has grown since, as far from its end. A key that it has by then was
// added before: the text has it twice now, so the edits fail.
func (d *Document) thenAdd(mapping *yaml.Node, at int, entries []*yaml.Node) {
	fromEnd := len(mapping.Content) - at
	d.then(func() {
		for i := 0; i < len(entries); i += 2 {
			if index(mapping, entries[i].Value) >= 0 {
				d.twice = entries[i].Value
			}
		}
		position := len(mapping.Content) - fromEnd
		if at == 0 && fromEnd > 0 {
			position = 0
		}
		mapping.Content = slices.Insert(mapping.Content, position, entries...)
	})
}

// Append adds items to the end of a sequence. The error is a *Refusal.
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

// InsertAfter adds items to a sequence after one of its items, or in flow style after the last one. The error is a
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
	if err := d.belowRareBreak(after); err != nil {
		return err
	}
	if d.wouldGainBreak(after, end) {
		return d.refuse(after, "the text ends in a block scalar without a final line break, so nothing can be added below it")
	}
	s := d.styleAt(sequence, end)
	s.item = d.itemOffset(sequence)
	dash := d.dash(sequence)
	at := d.tail(end, dash)
	s.eol = d.eol(at)
	w := writer{style: s}
	for _, item := range items {
		w.line(dash)
		w.listItem(item, dash)
	}
	d.insert(sequence, at, w.String())
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
