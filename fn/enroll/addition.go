package enroll

import (
	"bytes"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Addition is an object that enrollment adds to the streams.
type Addition struct {
	Ref manifest.ResourceRef
	// Policy is set if the object is a PeerAuthentication.
	Policy *mesh.PeerAuthentication
	// Changes are the paths of fields that are worth a word: ports of their own.
	Changes []string
	// Source is the chart template or file that a comment above the object names, if the object is a document and not an item.
	Source string

	make  func(manifest.ResourceRef) *yaml.Node // called when the node is needed, because a stream may have a million
	owner string                                // the kind of its workload
	mark  [2]string                             // the annotation that names its file, if any
}

// Node returns the object.
func (a *Addition) Node() *yaml.Node {
	node := a.make(a.Ref)
	if a.mark[0] != "" {
		metadata := yamledit.Lookup(node, "metadata")
		metadata.Content = append(metadata.Content, yamledit.Plain("annotations"),
			yamledit.Map(yamledit.Entry{Key: a.mark[0], Value: yamledit.String(a.mark[1])}))
	}
	return node
}

// newNamespaced returns an object with its content. It names its namespace only if that is given, as the object beside it does.
func newNamespaced(ref manifest.ResourceRef, namespace string, content yamledit.Entry) *yaml.Node {
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(ref.Name)}}
	if namespace != "" {
		metadata = append(metadata, yamledit.Entry{Key: "namespace", Value: yamledit.Plain(namespace)})
	}
	return yamledit.Map(
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(ref.APIVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(ref.Kind)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(metadata...)},
		content)
}

// PlaceBeside gives the object an annotation that places it in the file of another object, or next to it. Without one, Helm 4
// names the file after the position in the stream, which changes from render to render. For kpt it is another file, because
// two objects at the same place in a file are an error. kustomize's own annotations must not be copied, because they identify
// an object.
func (a *Addition) PlaceBeside(beside manifest.Object) {
	a.owner = beside.Ref.Kind
	switch {
	case beside.Annotation(keys.HelmFile) != "":
		a.mark = [2]string{keys.HelmFile, beside.Annotation(keys.HelmFile)}
	case beside.Annotation(keys.KustomizeID) == "" && beside.OriginAnnotation("path") != "":
		a.mark = [2]string{keys.OriginAnnotation + "path", fileBeside(beside.OriginAnnotation("path"), a.Ref)}
	}
}

// PlaceInChart is PlaceBeside for an object that belongs to a whole chart. It gets its own file in the folder of one of the
// chart's files.
func (a *Addition) PlaceInChart(source string, stream []byte) {
	if source == "" {
		return
	}
	a.Source = fileBeside(source, a.Ref)
	if bytes.Contains(stream, []byte(keys.HelmFile)) {
		a.mark, a.Source = [2]string{keys.HelmFile, a.Source}, ""
	}
}

// fileBeside returns a file name for an added object, in the folder of a file.
func fileBeside(source string, ref manifest.ResourceRef) string {
	return path.Join(path.Dir(source), strings.ToLower(ref.Kind)+"_"+ref.Name+".yaml")
}

// TakeName makes the name of the object unique among the taken ones, because workloads of two kinds can have the same name.
func (a *Addition) TakeName(taken map[manifest.ResourceRef]bool) {
	if taken[a.Ref] {
		a.Ref.Name += "-" + strings.ToLower(a.owner)
	}
	taken[a.Ref] = true
}

// Document returns the text that adds the object after the document that ends at the offset. With Helm 3, the text has a comment
// with its template, without which `helm template --show-only` drops the object.
func (a *Addition) Document(stream []byte, end int) string {
	eol := "\n"
	if i := bytes.IndexByte(stream, '\n'); i > 0 && stream[i-1] == '\r' {
		eol = "\r\n"
	}
	text := "---" + eol
	if a.Source != "" {
		text += keys.HelmSource + a.Source + eol
	}
	text += yamledit.Render(a.Node(), eol)
	if end == len(stream) && end > 0 && stream[end-1] != '\n' {
		return eol + strings.TrimSuffix(text, eol)
	}
	return text
}

// ReasonToAdd returns the outcome of an added object.
func (e *Enroller) ReasonToAdd() outcome.Reason {
	if e.Spec.Mode == config.Check {
		return outcome.Missing
	}
	return outcome.Added
}
