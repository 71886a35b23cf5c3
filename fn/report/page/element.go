package page

import (
	"fmt"
	"io"

	g "maragu.dev/gomponents"
)

// The functions of gomponents return closures, and a call that is inlined has a copy of their code. Without these few in between, the page
// costs the program 700 kB more.

// el is an element with attributes and children.
//
//go:noinline
func el(name string, children ...g.Node) g.Node { return g.El(name, children...) }

// attr is an attribute. Its value is escaped, and may be untrusted.
//
//go:noinline
func attr(name, value string) g.Node { return g.Attr(name, clean(value)) }

// later is a node that is made when it is written, so that a page of many thousands is never in memory as nodes.
func later(node func() g.Node) g.Node {
	return g.NodeFunc(func(w io.Writer) error { return node().Render(w) })
}

// word is text of the page itself.
//
//go:noinline
func word(s string) g.Node { return g.Text(s) }

func wordf(format string, values ...any) g.Node { return word(fmt.Sprintf(format, values...)) }

// text is untrusted text.
func text(s string) g.Node { return word(clean(s)) }

// flag is an attribute without a value.
//
//go:noinline
func flag(name string) g.Node { return g.Attr(name) }

func class(names string) g.Node { return attr("class", names) }

func id(name string) g.Node { return attr("id", name) }

func href(to string) g.Node { return attr("href", to) }
