package plain

import (
	"sync"

	"go.yaml.in/yaml/v3"
)

// Memory is what the tree of one document is made of.
type Memory struct {
	nodes    chunks[yaml.Node]
	children chunks[*yaml.Node]
	stack    []*yaml.Node // the children of the collections that are being read
	scratch  []byte       // the value of the block scalar that is being read
}

var returned = sync.Pool{New: func() any { return new(Memory) }}

// Borrow returns memory for one document.
func Borrow() *Memory { return returned.Get().(*Memory) }

// Return gives the memory to another document. Nothing may refer to the nodes of the tree any more; their values may be kept.
func (m *Memory) Return() {
	if Wipe {
		m.nodes.each(func(n *yaml.Node) { *n = yaml.Node{Kind: yaml.ScalarNode, Value: "a node that was given back"} })
	}
	returned.Put(m)
}

// Wipe makes Return overwrite the nodes, so that tests notice one that is used later.
var Wipe bool

func (m *Memory) reset() {
	m.nodes.reset()
	m.children.reset()
	m.stack = m.stack[:0]
}

// collected returns the children that were pushed since the stack had a length.
func (m *Memory) collected(since, expected int) []*yaml.Node {
	children := m.children.take(len(m.stack)-since, expected)
	copy(children, m.stack[since:])
	m.stack = m.stack[:since]
	return children
}

// chunks are allocated for many values at a time.
type chunks[T any] struct {
	all  [][]T
	next int // in all
	free []T
}

// maxChunk is how many values are allocated at a time at most.
const maxChunk = 128

// take returns n values, which may have been used before. Where a chunk is allocated, it has room for what is expected.
func (c *chunks[T]) take(n, expected int) []T {
	for len(c.free) < n {
		if c.next == len(c.all) {
			c.all = append(c.all, make([]T, max(n, min(expected, maxChunk))))
		}
		c.free = c.all[c.next]
		c.next++
	}
	taken := c.free[:n:n]
	c.free = c.free[n:]
	return taken
}

func (c *chunks[T]) reset() { c.next, c.free = 0, nil }

// each calls a function for the values that may have been taken.
func (c *chunks[T]) each(f func(*T)) {
	for _, chunk := range c.all[:c.next] {
		for i := range chunk {
			f(&chunk[i])
		}
	}
}
