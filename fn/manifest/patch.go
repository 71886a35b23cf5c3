package manifest

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Merge queues the addition of metadata and spec (either may be nil) to the pod template. What it creates is queued by Create.
func (p PodTemplate) Merge(metadata, spec *yaml.Node) error {
	if metadata == nil && spec == nil {
		return nil
	}
	at, tree := p.Template, p.patch(metadata, spec)
	switch {
	case p.Template == nil && p.parent != nil:
		p.created.add(p.parent, yamledit.Nested(tree, p.missing...))
		return nil
	case p.Template == nil:
		p.created.add(p.Node, p.patchOfObject(tree, spec))
		return nil
	case p.Kind.MetadataOnly && spec != nil:
		at, tree = p.Node, p.patchOfObject(metadata, spec)
	case metadata != nil && !p.Kind.MetadataOnly && yamledit.Lookup(p.Template, "metadata") == nil:
		if err := p.Doc.Prepend(p.Template, "metadata", metadata); err != nil {
			return err
		}
		tree = p.patch(nil, spec)
	}
	return p.Doc.Merge(at, tree)
}

// patch is what is added to a pod template.
func (p PodTemplate) patch(metadata, spec *yaml.Node) *yaml.Node {
	if p.Kind.MetadataOnly {
		return metadata
	}
	var patch []yamledit.Entry
	if metadata != nil {
		patch = append(patch, yamledit.Entry{Key: "metadata", Value: metadata})
	}
	if spec != nil {
		patch = append(patch, yamledit.Entry{Key: "spec", Value: spec})
	}
	return yamledit.Map(patch...)
}

// patchOfObject is what is added to the object that has the pod template.
func (p PodTemplate) patchOfObject(template, spec *yaml.Node) *yaml.Node {
	tree := yamledit.Map()
	if template != nil {
		tree = yamledit.Nested(template, p.Kind.path...)
	}
	if p.Kind.MetadataOnly && spec != nil {
		yamledit.Combine(tree, yamledit.Nested(spec, steps(p.Kind.spec)...))
	}
	return tree
}

// creations are the pod templates that are created in one object. Two may be in a mapping that is created too, so each mapping is edited once.
type creations struct {
	into  []*yaml.Node
	trees []*yaml.Node
}

func (c *creations) add(into, tree *yaml.Node) {
	if i := slices.Index(c.into, into); i >= 0 {
		yamledit.Combine(c.trees[i], tree)
		return
	}
	c.into, c.trees = append(c.into, into), append(c.trees, tree)
}

// Create queues the addition of those of an object's pod templates that Merge creates. Call it once, after all of them.
func Create(templates []PodTemplate) error {
	if len(templates) == 0 || templates[0].created == nil {
		return nil
	}
	c := templates[0].created
	for i, into := range c.into {
		if err := templates[0].Doc.Merge(into, c.trees[i]); err != nil {
			return err
		}
	}
	return nil
}
