package yamledit

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// kin is where a node belongs in the tree.
type kin struct {
	parent  *yaml.Node
	depth   int
	aliased bool // an alias in this document refers to the node
}

// kin looks up a node; it is zero for a node that is not in the document. The index is made on first use, because most documents are
// never edited.
func (d *Document) kin(n *yaml.Node) kin {
	if d.isPlain {
		return d.find(n)
	}
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

// find looks up a node of a plain document on the way that leads to its place.
func (d *Document) find(n *yaml.Node) kin {
	k := kin{}
	for at := d.root; at != n; k.depth++ {
		i, _ := slices.BinarySearchFunc(at.Content, n, func(child, n *yaml.Node) int {
			if child.Line < n.Line || child.Line == n.Line && child.Column <= n.Column {
				return -1
			}
			return 1
		})
		if i == 0 {
			return kin{}
		}
		k.parent, at = at, at.Content[i-1]
	}
	return k
}
