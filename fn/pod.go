package fn

import (
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// pod is a pod template, and the object that holds it.
type pod struct {
	object
	workload workload
	field    string     // path of the template in the object
	template *yaml.Node // with metadata and spec, or the metadata itself; nil where it is to be created
	holder   *yaml.Node // of a template that is to be created
	missing  []string   // the keys that lead from the holder to it
}

// newPod finds the pod template of an object. It returns false where the object has none.
func newPod(o object, w workload) (pod, bool) {
	p := pod{object: o, workload: w, template: o.node, field: strings.ReplaceAll(w.Path, "/", ".")}
	for i, step := range w.path {
		next := yamledit.Lookup(p.template, step)
		if yamledit.IsNull(next) && w.CreateIfNotPresent {
			p.holder, p.missing, p.template = p.template, w.path[i:], nil
			return p, true
		}
		p.template = next
	}
	return p, p.template != nil && p.template.Kind == yaml.MappingNode
}

// merge queues the addition of metadata and spec (either may be nil) to the pod template.
func (p pod) merge(metadata, spec *yaml.Node) error {
	if metadata == nil && spec == nil {
		return nil
	}
	var patch []yamledit.Entry
	if spec != nil {
		patch = append(patch, yamledit.Entry{Key: "spec", Value: spec})
	}
	switch {
	case metadata == nil:
	case p.template != nil && !p.workload.MetadataOnly && yamledit.Lookup(p.template, "metadata") == nil:
		if err := p.doc.Lead(p.template, "metadata", metadata); err != nil {
			return err
		}
	default:
		patch = append([]yamledit.Entry{{Key: "metadata", Value: metadata}}, patch...)
	}
	tree := yamledit.Map(patch...)
	if p.workload.MetadataOnly {
		tree = metadata
	}
	if p.template != nil {
		return p.doc.Merge(p.template, tree)
	}
	for i := len(p.missing) - 1; i >= 0; i-- {
		tree = yamledit.Map(yamledit.Entry{Key: p.missing[i], Value: tree})
	}
	return p.doc.Merge(p.holder, tree)
}

// metadata is the pod's metadata, or nil.
func (p pod) metadata() *yaml.Node {
	if p.workload.MetadataOnly {
		return p.template
	}
	return yamledit.Lookup(p.template, "metadata")
}

// metadataField is the path of the pod's metadata in the object.
func (p pod) metadataField() string {
	if p.workload.MetadataOnly {
		return p.field
	}
	return join(p.field, "metadata")
}

// spec is the pod's spec, or nil.
func (p pod) spec() *yaml.Node {
	if p.workload.MetadataOnly {
		return nil
	}
	return yamledit.Lookup(p.template, "spec")
}

func (p pod) specField() string { return join(p.field, "spec") }

func (p pod) podLabel(key string) *yaml.Node {
	return yamledit.Lookup(yamledit.Lookup(p.metadata(), "labels"), key)
}

func (p pod) podAnnotation(key string) *yaml.Node {
	return yamledit.Lookup(yamledit.Lookup(p.metadata(), "annotations"), key)
}

// volume is the pod's volume of a name, or nil.
func (p pod) volume(name string) *yaml.Node {
	return named(yamledit.Lookup(p.spec(), "volumes"), name)
}

// containers are the pod's containers, without its init containers.
func (p pod) containers() []*yaml.Node {
	containers := yamledit.Lookup(p.spec(), "containers")
	if containers == nil {
		return nil
	}
	return containers.Content
}

// proxy is the istio-proxy that the pod brings along to be filled in or customized, or nil.
func (p pod) proxy() *yaml.Node {
	proxy, _ := p.proxyAt()
	return proxy
}

// proxyField is the path of that proxy in the object.
func (p pod) proxyField() string {
	_, field := p.proxyAt()
	return field
}

func (p pod) proxyAt() (*yaml.Node, string) {
	for _, list := range []string{"containers", "initContainers"} {
		for i, container := range items(lookup(p.spec(), list)) {
			if text(lookup(container, "name")) == proxyContainer {
				return container, index(join(p.specField(), list), i)
			}
		}
	}
	return nil, ""
}

// named is the mapping in a sequence that has a name, or nil.
func named(sequence *yaml.Node, name string) *yaml.Node {
	if sequence == nil || sequence.Kind != yaml.SequenceNode {
		return nil
	}
	for _, item := range sequence.Content {
		if text(yamledit.Lookup(item, "name")) == name {
			return yamledit.Resolve(item)
		}
	}
	return nil
}
