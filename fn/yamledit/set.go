package yamledit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set gives a key that the mapping has itself another scalar value, written in the style of the old one where that
// can hold it. The error is a *Refusal.
func (d *Document) Set(mapping *yaml.Node, key string, value *yaml.Node) error {
	at := index(mapping, key)
	old := mapping.Content[at+1]
	if err := d.shared(old); err != nil {
		return err
	}
	if old.Kind != yaml.ScalarNode && old.Kind != yaml.AliasNode {
		return d.refuse(old, "this is a %s, and should be a scalar", kindOf(old))
	}
	if old.Style&yaml.TaggedStyle != 0 {
		return d.refuse(old, "%q has a tag", key)
	}
	end, err := d.childEnd(mapping, at+1)
	if err != nil {
		return err
	}
	start := end
	if !isAbsent(old) {
		if start, err = d.content(old); err != nil {
			return err
		}
	}
	s := d.styleAt(mapping, start)
	if q := quoteOf(old); q != 0 {
		s.quote = q
	}
	text := ""
	switch {
	case isBlockScalar(old) && !isFlow(mapping) && isParagraph(value):
		text = strings.TrimPrefix(s.below(value, mapping.Content[0].Column-1), " ")
	case old.Kind == yaml.ScalarNode && old.Style == 0 && old.ShortTag() == "!!str" && isPlainLike(value.Value, isFlow(mapping)):
		text = value.Value
	default:
		text = s.scalar(value)
	}
	if start > 0 && d.text[start-1] == ':' {
		text = " " + text
	}
	d.replace(mapping, start, end, text)
	changed := &yaml.Node{Kind: value.Kind, Tag: value.Tag, Value: value.Value}
	if old.Kind == yaml.ScalarNode {
		changed.Anchor = old.Anchor
	}
	d.thenSwap(mapping, old, changed)
	return nil
}

// Rename replaces a key that the mapping has itself, with its value, by another. The error is a *Refusal.
func (d *Document) Rename(mapping *yaml.Node, key string, to Entry) error {
	if err := d.shared(mapping); err != nil {
		return err
	}
	at := index(mapping, key)
	start, err := d.start(mapping.Content[at])
	if err != nil {
		return err
	}
	end, err := d.childEnd(mapping, at+1)
	if err != nil {
		return err
	}
	s := d.styleAt(mapping, start)
	name := Plain(to.Key)
	text := s.entry(name, to.Value, mapping.Content[0].Column-1)
	if isFlow(mapping) {
		text = s.flowChild([]*yaml.Node{name, to.Value}, 0, false, "")
	}
	d.replace(mapping, start, end, text)
	d.thenSwap(mapping, mapping.Content[at], name)
	d.thenSwap(mapping, mapping.Content[at+1], to.Value)
	return nil
}

// thenSwap puts another child in the place of one in the tree.
func (d *Document) thenSwap(collection, old, changed *yaml.Node) {
	d.then(func() {
		for i, child := range collection.Content {
			if child == old {
				collection.Content[i] = changed
			}
		}
	})
}

// isPlainLike is isPlain, and allows the commas of a list of names in block style.
func isPlainLike(value string, flow bool) bool {
	if !flow {
		value = strings.NewReplacer(", ", "", ",", "").Replace(value)
	}
	return isPlain(value)
}

// fill puts a patch in the place of a null value.
func (d *Document) fill(mapping *yaml.Node, at int, patch *yaml.Node) error {
	null := mapping.Content[at+1]
	if err := d.shared(null); err != nil {
		return err
	}
	if !isAbsent(null) && null.Value == "" {
		return d.refuse(null, "%q has an anchor or a tag and no value", mapping.Content[at].Value)
	}
	if err := d.supplant(mapping, at, patch); err != nil {
		return err
	}
	d.thenSwap(mapping, null, patch)
	return nil
}

// fillAlias turns `key: *base` into a mapping that merges *base and adds the patch's keys.
func (d *Document) fillAlias(mapping *yaml.Node, at int, patch *yaml.Node) error {
	base := mapping.Content[at+1]
	if err := d.shared(mapping); err != nil {
		return err
	}
	for i := 0; i < len(patch.Content); i += 2 { // an own key hides the merged one: all of it
		key := patch.Content[i].Value
		if !IsNull(Lookup(base, key)) && patch.Content[i+1].Kind != yaml.ScalarNode {
			return d.refuse(base, "%q stands below the anchor &%s, so an edit there would change other places too", key, base.Value)
		}
	}
	merge := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!merge", Value: "<<"}
	filled := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: append([]*yaml.Node{merge, base}, patch.Content...)}
	if err := d.supplant(mapping, at, filled); err != nil {
		return err
	}
	d.thenSwap(mapping, base, filled)
	return nil
}

// supplant queues the text that puts a collection in the place of a null or an alias. Below a block mapping the old
// text goes, and the new one begins at the end of the line, so that a comment stays on it.
func (d *Document) supplant(mapping *yaml.Node, at int, value *yaml.Node) error {
	old := mapping.Content[at+1]
	colon, err := d.colonEnd(mapping, at)
	if err != nil {
		return err
	}
	end, err := d.childEnd(mapping, at+1)
	if err != nil {
		return err
	}
	s := d.styleAt(mapping, colon)
	if isFlow(mapping) {
		d.replace(old, colon, end, " "+s.inline(value))
		return nil
	}
	if end > colon {
		d.replace(old, colon, end, "")
	}
	d.insert(old, d.lineEnd(end), s.below(value, mapping.Content[0].Column-1))
	return nil
}
