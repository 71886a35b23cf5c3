package fn

import (
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// resourceListKind is the kind of the list that a KRM function is handed. What is added to it are items.
const resourceListKind = "ResourceList"

// resourceList is the ResourceList that the document is, or is an item of. Where it was cut, it is its outline.
func (s *source) resourceList() (*appender, bool) {
	if s.outline != nil {
		return &appender{s.outline.items, s.outline.doc, s.outline.Offset}, s.outline.Kind == resourceListKind
	}
	doc, err := yamledit.Parse(s.text)
	if err != nil || yamledit.Text(yamledit.Lookup(doc.Root(), "kind")) != resourceListKind {
		return nil, false
	}
	return &appender{yamledit.Lookup(doc.Root(), "items"), doc, func(at int) int { return s.Start + at }}, true
}

// appender adds items to a list.
type appender struct {
	items  *yaml.Node
	doc    *yamledit.Document
	offset func(int) int // in the stream, of one in the document
}

// append returns the edits that add an object as the last item.
func (l *appender) append(a *enroll.Addition) ([]outcome.Edit, error) {
	items := yamledit.Items(l.items)
	if len(items) > 0 {
		a.PlaceBeside(manifest.Object{Node: items[len(items)-1]})
	}
	if err := l.doc.Append(l.items, a.Node()); err != nil {
		return nil, err
	}
	edits, err := l.doc.Finish()
	for i, e := range edits {
		edits[i].Start, edits[i].End = l.offset(e.Start), l.offset(e.End)
	}
	return edits, err
}
