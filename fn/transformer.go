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
	for to, from := range map[*[]selector][]types.Selector{
		&t.targets: t.spec.Targets, &t.exclude: t.spec.Exclude, &t.gateways: t.spec.Gateways} {
		selectors, err := newSelectors(from)
		if err != nil {
			return nil, err // Validate said so
		}
		*to = selectors
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
	facts := t.gatherAll(documents, streams)
	each(documents, 1, func(d *document) {
		d.err = t.transform(d, streams, facts)
	})
	t.inspectObjects(facts, documents)
	return t.outcome(documents, streams, facts)
}

// Queue decides about the pods of one parsed document, which is all there is, and queues the edits on it. The caller may
// add edits of its own, and calls Finish; the Outcome has no Edits. The error is a *StreamError that calls the document by the name.
func (t *Transformer) Queue(name string, doc *yamledit.Document) (*Outcome, error) {
	facts := newFacts()
	whole := make([]document, 1)
	t.gather(doc, &whole[0], &facts)
	t.settle(&facts)
	d, err := t.queue(doc, facts)
	if err == nil {
		err = t.addListedClusterSPIFFEID(&d, doc, facts)
	}
	if err != nil {
		return nil, locate(err, Place{Stream: name}, 0)
	}
	whole[0].pods = d.pods
	t.inspectObjects(facts, whole)
	out := &Outcome{Pods: d.pods, Objects: d.objects, Findings: whole[0].findings}
	for i := range out.Pods {
		out.Pods[i].Place.Stream = name
		out.Pods[i].Message = out.Pods[i].sentence()
	}
	for i := range out.Findings {
		out.Findings[i].Place.Stream = name
	}
	for i := range out.Objects {
		out.Objects[i].Place.Stream = name
		out.Objects[i].Message = out.Objects[i].sentence()
	}
	return out, nil
}

// split cuts the streams into documents and keeps those that may matter.
func (t *Transformer) split(streams []Stream) ([]document, error) {
	var parts []part
	for i, stream := range streams {
		if bytes.HasPrefix(stream.Bytes, []byte("\xFE\xFF")) || bytes.HasPrefix(stream.Bytes, []byte("\xFF\xFE")) {
			return nil, &StreamError{Place: Place{Stream: stream.Name}, Cause: errors.New("the text is UTF-16; enmesh reads UTF-8")}
		}
		for _, chunk := range yamledit.Chunks(stream.Bytes, 1+len(stream.Bytes)/chunkSize) {
			parts = append(parts, part{stream: i, span: chunk})
		}
	}
	each(parts, 1, func(p *part) {
		text := streams[p.stream].Bytes[p.span.Start:p.span.End]
		for span := range yamledit.Split(text) {
			body := span.Start + yamledit.Body(text[span.Start:span.End])
			if suspicion := t.workloads.suspect(text[body:span.End]); suspicion != passes {
				p.documents = append(p.documents, document{stream: p.stream, suspicion: suspicion,
					from: p.span.Start + span.Start, start: p.span.Start + body, end: p.span.Start + span.End})
			}
		}
	})
	var documents []document
	for _, p := range parts {
		documents = append(documents, p.documents...)
	}
	return documents, nil
}

// part is a run of documents of a stream: what one core splits at a time.
type part struct {
	stream    int
	span      yamledit.Span
	documents []document
}

const chunkSize = 1 << 20

// gatherAll gathers the facts of all documents, in their order. What is parsed for that is kept, as long as it is little.
func (t *Transformer) gatherAll(documents []document, streams []Stream) facts {
	var kept atomic.Int64
	each(documents, 1, func(d *document) {
		if d.suspicion == holdsFacts || d.suspicion == holdsBoth && mayHoldFacts(d.bytes(streams)) || t.knowsWorkloads() {
			if text := d.bytes(streams); kept.Add(int64(len(text))) < maxKept {
				d.parsed, _ = yamledit.Parse(text) // one that cannot be read is left to transform, which says so
			} else {
				d.tells = true
			}
		}
	})
	facts := newFacts()
	for i := range documents {
		d := &documents[i]
		doc := d.parsed
		if d.tells {
			doc, _ = yamledit.Parse(d.bytes(streams))
		}
		if doc != nil {
			t.gather(doc, d, &facts)
		}
	}
	t.settle(&facts)
	return facts
}

// maxKept is how many bytes of text may be kept parsed from gathering to transforming.
const maxKept = 8 << 20

// gather reads the facts that a document holds.
func (t *Transformer) gather(doc *yamledit.Document, d *document, facts *facts) {
	_ = t.objects(doc, func(o object) error {
		facts.gather(o, d)
		if t.knowsWorkloads() {
			t.gatherWorkload(o, facts)
		}
		return nil
	})
}

// each calls do for every item, on all cores; a core takes a chunk of them at a time.
func each[T any](items []T, chunk int, do func(*T)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(items)+chunk-1)/chunk) {
		workers.Go(func() {
			for {
				end := int(next.Add(int64(chunk)))
				if end-chunk >= len(items) {
					return
				}
				for i := end - chunk; i < min(end, len(items)); i++ {
					do(&items[i])
				}
			}
		})
	}
	workers.Wait()
}
