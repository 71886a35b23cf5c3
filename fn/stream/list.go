package stream

// List is a document that was cut into its items.
type List struct {
	// Stream, From, Start and End are those of its Document.
	Stream, From, Start, End int
	// Kind is List or ResourceList.
	Kind string
	// Source is the chart template that it was rendered from, where Helm says so above it or in an item.
	Source string
	// Items is how many it has, also those that are of no interest.
	Items int
	// Outline is its text (from Start) with all items left out but the last one.
	Outline []byte
	// Hole is where in the stream those items are.
	Hole Span
}

// Offset turns an offset in the outline into one in the stream. Where the hole is, it is the one behind it.
func (l *List) Offset(at int) int {
	if at += l.Start; at >= l.Hole.Start {
		at += l.Hole.End - l.Hole.Start
	}
	return at
}
