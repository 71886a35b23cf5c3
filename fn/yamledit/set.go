package yamledit

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set replaces the value of a key that the mapping has itself by a scalar, written in the style of the old value where
// possible. The error is a *Refusal.
func (d *Document) Set(mapping *yaml.Node, key string, value *yaml.Node) error {
	at := index(mapping, key)
	if at < 0 {
		return d.notOwn(mapping, key)
	}
	old := mapping.Content[at+1]
	if err := d.shared(old); err != nil {
		return err
	}
	if old.Kind != yaml.ScalarNode && old.Kind != yaml.AliasNode {
		return d.refuse(old, "expected a scalar, got %s", kindOf(old))
	}
	if old.Style&yaml.TaggedStyle != 0 {
		return d.refuse(old, "%q has an explicit tag", key)
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
		w := writer{style: s}
		w.below(value, mapping.Content[0].Column-1)
		text = strings.TrimPrefix(w.String(), " ")
	case old.Kind == yaml.ScalarNode && old.Style == 0 && old.ShortTag() == "!!str" && isPlainLike(value.Value, isFlow(mapping)):
		text = value.Value
	default:
		text = s.scalar(value)
	}
	if bytes.HasSuffix(d.text[:start], []byte(":")) {
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

// notOwn refuses to edit a key that the mapping does not have itself.
func (d *Document) notOwn(mapping *yaml.Node, key string) error {
	return d.refuse(mapping, "%q comes from a merge key, so an edit to it would also change other places", key)
}

// Rename replaces a key that the mapping has itself, with its value, by another. The error is a *Refusal.
func (d *Document) Rename(mapping *yaml.Node, key string, to Entry) error {
	if err := d.shared(mapping); err != nil {
		return err
	}
	at := index(mapping, key)
	if at < 0 {
		return d.notOwn(mapping, key)
	}
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
	if isFlow(mapping) {
		d.replace(mapping, start, end, s.flowChild([]*yaml.Node{name, to.Value}, 0, false, ""))
	} else {
		w := writer{style: s}
		w.entry(name, to.Value, mapping.Content[0].Column-1)
		d.replace(mapping, start, end, w.String())
	}
	d.thenSwap(mapping, mapping.Content[at], name)
	d.thenSwap(mapping, mapping.Content[at+1], to.Value)
	return nil
}

// thenSwap queues the change of the tree that replaces a child of a collection.
func (d *Document) thenSwap(collection, old, changed *yaml.Node) {
	d.then(func() {
		for i, child := range collection.Content {
			if child == old {
				collection.Content[i] = changed
			}
		}
	})
}

// isPlainLike is isPlain, but allows in block style the commas of a list of names.
func isPlainLike(value string, flow bool) bool {
	if !flow {
		value = strings.NewReplacer(", ", "", ",", "").Replace(value)
	}
	return isPlain(value)
}

// fill replaces a null value by a patch.
func (d *Document) fill(mapping *yaml.Node, at int, patch *yaml.Node) error {
	null := mapping.Content[at+1]
	if err := d.shared(null); err != nil {
		return err
	}
	if !isAbsent(null) && null.Value == "" {
		return d.refuse(null, "%q has an anchor or a tag, but no value", mapping.Content[at].Value)
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
	for i := 0; i < len(patch.Content); i += 2 { // the mapping's own key hides all of the merged one
		key := patch.Content[i].Value
		if !IsNull(Lookup(base, key)) && patch.Content[i+1].Kind != yaml.ScalarNode {
			return d.refuse(base, "%q belongs to the anchor &%s, so an edit to it would also change other places", key, base.Value)
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

// supplant queues the text that replaces a null or an alias by a collection. In a block mapping the old
// text is removed, and the new text begins at the end of the line, so that a comment stays on it.
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
	w := writer{style: s}
	w.below(value, mapping.Content[0].Column-1)
	d.insert(old, d.lineEnd(end), w.String())
	return nil
}
