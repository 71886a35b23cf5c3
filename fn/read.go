package fn

import (
	"errors"
	"sync/atomic"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/parallel"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// errNotByItem says that a list cannot be transformed item by item, but only as a whole.
var errNotByItem = errors.New("the list cannot be read item by item")

// source is a document that may matter, and its tree where facts are to be gathered from it.
type source struct {
	stream.Document
	text     []byte
	outline  *outline // of the list that it is an item of, or nil
	hasFacts bool
	tree     *yamledit.Document // kept from reading, until decide takes it
}

// outline is a list without most of its items, which tells how additions to them are written.
type outline struct {
	*yamledit.Outline
	*stream.List
	doc   *yamledit.Document
	items *yaml.Node
}

// read parses the documents that may hold facts, and keeps their trees as long as that is little.
func (t *Transformer) read(documents []stream.Document, streams []stream.Stream, what matters) ([]source, error) {
	plans := t.enroller.RemovesPolicies(streams)
	sources := make([]source, len(documents))
	outlines := map[*stream.List]*outline{}
	for i, d := range documents {
		sources[i] = source{Document: d, text: d.Bytes(streams)}
		if d.List == nil {
			continue
		}
		if outlines[d.List] == nil {
			o, err := newOutline(d.List)
			if err != nil {
				return nil, err
			}
			outlines[d.List] = o
		}
		sources[i].outline = outlines[d.List]
	}
	var kept atomic.Int64
	parallel.Each(sources, func(s *source) {
		// A list, or a document of an unknown kind, has both interests: a look at its words says more.
		mayHoldFacts := s.Interest&stream.Facts != 0 && (s.Interest&stream.Pods == 0 || what.callers || what.overlays || mesh.MayHoldAny(stream.NewText(s.text)))
		s.hasFacts = mayHoldFacts || plans
		if s.hasFacts && kept.Add(int64(len(s.text))) < maxKept {
			s.tree, _ = s.parse() // decide parses one that cannot be read again, and says so
		}
	})
	return sources, nil
}

// maxKept is how many bytes of text may be kept parsed from reading to deciding.
const maxKept = 8 << 20

func newOutline(list *stream.List) (*outline, error) {
	doc, err := yamledit.Parse(list.Outline)
	if err != nil {
		return nil, errNotByItem
	}
	o := &outline{List: list, doc: doc, items: yamledit.Lookup(doc.Root(), "items")}
	if len(yamledit.Items(o.items)) != 1 {
		return nil, errNotByItem
	}
	if o.Outline, err = doc.Outline(o.items); err != nil {
		return nil, errNotByItem
	}
	return o, nil
}

// parse reads the text. Where it is an item of a list, the error is errNotByItem.
func (s *source) parse() (*yamledit.Document, error) {
	if s.outline == nil {
		return yamledit.Parse(s.text)
	}
	doc, err := s.outline.ParseItem(s.text)
	if err != nil {
		return nil, errNotByItem
	}
	return doc, nil
}

// take returns the tree, and forgets it: it is read a second time at most.
func (s *source) take() (*yamledit.Document, error) {
	if doc := s.tree; doc != nil {
		s.tree = nil
		return doc, nil
	}
	return s.parse()
}

// visit calls a function for the objects of the parsed document.
func (s *source) visit(doc *yamledit.Document, namespace string, f func(manifest.Object) error) error {
	if s.outline != nil {
		return manifest.ObjectsOfItem(doc, namespace, f)
	}
	return manifest.Objects(doc, namespace, f)
}

// gather notes what the documents say about the mesh, in their order, and which additions are planned.
func (t *Transformer) gather(sources []source, what matters) (*mesh.Facts, enroll.PlannedPolicies) {
	facts, planned := mesh.NewFacts(), enroll.PlannedPolicies{}
	if what.overlays {
		facts.ExpectOverlays()
	}
	if what.cluster {
		facts.ExpectCluster()
	}
	if what.callers {
		facts.ExpectCallers()
	}
	for i := range sources {
		s := &sources[i]
		doc := s.tree
		if s.hasFacts && doc == nil {
			doc, _ = s.parse()
		}
		if doc == nil {
			continue
		}
		_ = s.visit(doc, t.enroller.Spec.Namespace, func(o manifest.Object) error {
			facts.Gather(o, i)
			if t.enroller.Spec.Mode == config.Unenroll {
				for _, p := range t.podsOf(o) {
					t.enroller.PlanPolicy(p, planned)
				}
			}
			return nil
		})
	}
	return t.enroller.FactsAfterEnrollment(facts), planned
}

// podsOf finds the pod templates of an object.
func (t *Transformer) podsOf(o manifest.Object) []manifest.PodTemplate {
	return manifest.PodTemplates(o, t.kinds.Find(o.Ref.APIVersion, o.Ref.Kind))
}
