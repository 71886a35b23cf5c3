package plain

import (
	"sync"

	"go.yaml.in/yaml/v3"
)

// Memory is what the tree of one document is made of. It can be used again for the next document, once that tree is not needed. The zero
// value is ready for use.
type Memory struct {
	nodes    chunks[yaml.Node]
	children chunks[*yaml.Node]
	stack    []*yaml.Node // the children of the collections that are being read
	scratch  []byte       // the value of the block scalar that is being read
}

// memories hold no tree: only what helps to read one is used again.
var memories = sync.Pool{New: func() any { return new(Memory) }}

// giveAway leaves the tree to its user.
func (m *Memory) giveAway() { m.nodes, m.children = chunks[yaml.Node]{}, chunks[*yaml.Node]{} }

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
