package fn

import (
	"bytes"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn/yamledit"
)

// Stream is one input: YAML documents, and the name by which messages call it.
type Stream struct {
	Name  string
	Bytes []byte
}

// Transformer applies one MeshEnrollment to streams. It holds no state between calls and is safe for concurrent use.
type Transformer struct {
	spec                       MeshEnrollmentSpec
	workloads                  workloads
	targets, exclude, gateways []selector
	csi                        *yaml.Node
}

// New compiles an enrollment. It applies the defaults and fails where a field's value is wrong; the error is a
// *ConfigError that names each such field by its path.
func New(enrollment MeshEnrollment) (*Transformer, error) {
	enrollment.Default()
	if err := enrollment.Validate(); err != nil {
		return nil, err
	}
	t := &Transformer{spec: enrollment.Spec, workloads: newWorkloads(enrollment.Spec.PodTemplates)}
	for _, list := range []struct {
		to    *[]selector
		from  []types.Selector
		field string
	}{{&t.targets, t.spec.Targets, "spec.targets"}, {&t.exclude, t.spec.Exclude, "spec.exclude"}, {&t.gateways, t.spec.Gateways, "spec.gateways"}} {
		selectors, err := newSelectors(list.from)
		if err != nil {
			return nil, &ConfigError{Problems: []string{list.field + err.Error()}}
		}
		*list.to = selectors
	}
	csi, err := yamledit.FromJSON(t.spec.WorkloadSocket.CSI)
	if err != nil {
		return nil, &ConfigError{Problems: []string{"spec.workloadSocket.csi: " + err.Error()}}
	}
	t.csi = csi
	return t, nil
}

// Transform decides about every pod in the streams, which are one whole: an object in one may decide about a pod in
// another. It computes everything or fails; the error is a *StreamError that names the first place that cannot be
// read, or cannot be edited safely.
func (t *Transformer) Transform(streams ...Stream) (*Outcome, error) {
	documents, err := t.split(streams)
	if err != nil {
		return nil, err
	}
	facts := facts{injectionDisabled: map[string]bool{}}
	for i := range documents {
		if d := &documents[i]; d.suspicion >= holdsFacts && bytes.Contains(d.bytes(streams), []byte("Namespace")) {
			t.gather(d, streams, &facts)
		}
	}
	each(documents, func(d *document) {
		if d.suspicion == holdsPods || d.suspicion == holdsBoth {
			d.err = t.transform(d, streams, facts)
		}
	})
	return outcome(documents, streams)
}

// split cuts the streams into documents and looks at each.
func (t *Transformer) split(streams []Stream) ([]document, error) {
	var documents []document
	for i, stream := range streams {
		if bytes.HasPrefix(stream.Bytes, []byte("\xFE\xFF")) || bytes.HasPrefix(stream.Bytes, []byte("\xFF\xFE")) {
			return nil, &StreamError{Place: Place{Stream: stream.Name}, Cause: errors.New("the text is UTF-16; enmesh reads UTF-8")}
		}
		for _, span := range yamledit.Split(stream.Bytes) {
			documents = append(documents, document{stream: i, span: span})
		}
	}
	each(documents, func(d *document) { d.suspicion = t.workloads.suspect(d.bytes(streams)) })
	return documents, nil
}

// gather reads the facts that a document holds. One that cannot be read is left to transform, which says so.
func (t *Transformer) gather(d *document, streams []Stream, facts *facts) {
	doc, err := yamledit.Parse(d.bytes(streams))
	if err != nil {
		return
	}
	_ = t.objects(doc, func(o object) error {
		facts.gather(o)
		return nil
	})
}

// each calls do for every document, on all cores.
func each(documents []document, do func(*document)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	const chunk = 16
	for range min(runtime.GOMAXPROCS(0), 1+len(documents)/chunk) {
		workers.Go(func() {
			for {
				end := int(next.Add(chunk))
				if end-chunk >= len(documents) {
					return
				}
				for i := end - chunk; i < min(end, len(documents)); i++ {
					do(&documents[i])
				}
			}
		})
	}
	workers.Wait()
}
