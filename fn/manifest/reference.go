package manifest

import "strconv"

// ResourceRef names an object.
type ResourceRef struct {
	// APIVersion is the group and the version.
	APIVersion string `json:"apiVersion"`
	// Kind is the object's.
	Kind string `json:"kind"`
	// Namespace is the object's own or, without one, the configured one.
	Namespace string `json:"namespace,omitempty"`
	// Name is the object's. It is empty if the object has none.
	Name string `json:"name"`
}

// String returns `Kind namespace/name`, without what is not known.
func (r ResourceRef) String() string {
	name := r.Name
	if r.Namespace != "" {
		name = r.Namespace + "/" + name
	}
	if name == "" {
		return r.Kind
	}
	return r.Kind + " " + name
}

// Group returns the API group. The core group is empty.
func (r ResourceRef) Group() string {
	group, _ := GroupVersion(r.APIVersion)
	return group
}

// Place is a place in the input.
type Place struct {
	// Stream is the input's name: a file's path, or <stdin>.
	Stream string `json:"stream"`
	// Source is the chart template that rendered the document, or the file that it was read from, if Helm, kustomize or kpt
	// names it.
	Source string `json:"source,omitempty"`
	// Index is the number of the document in that file, from 0, if kustomize or kpt names it. It is 0 too if they do not.
	Index int `json:"index,omitempty"`
	// Line in the stream, from 1; 0 if it is not known.
	Line int `json:"line,omitempty"`
}

// String returns `chart/templates/x.yaml (<stdin> line 12)`, or `<stdin> line 12` if no template is known.
func (p Place) String() string {
	at := p.Stream
	if p.Line > 0 {
		at += " line " + strconv.Itoa(p.Line)
	}
	if p.Source == "" {
		return at
	}
	return p.Source + " (" + at + ")"
}

// In turns a place in a document into one in the stream, given the number of lines above the document.
func (p Place) In(stream string, above int) Place {
	p.Stream = stream
	p.Line += above
	return p
}
