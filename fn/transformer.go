package fn

import "io"

// Stream is one input: YAML documents, and the name by which messages call it.
type Stream struct {
	Name  string
	Bytes []byte
}

// Transformer applies one MeshEnrollment to streams. It holds no state between calls and is safe for concurrent use.
type Transformer struct {
}

// New compiles an enrollment. It applies the defaults and fails where a field's value is wrong; the error is a
// *ConfigError that names each such field by its path.
func New(enrollment MeshEnrollment) (*Transformer, error) { panic("todo") }

// Transform decides about every pod in the streams, which are one whole: an object in one may decide about a pod in
// another. It computes everything or fails; the error is a *StreamError that names the first place that cannot be
// read, or cannot be edited safely.
func (t *Transformer) Transform(streams ...Stream) (*Outcome, error) { panic("todo") }

// Outcome is what Transform computed.
type Outcome struct {
	// Edits has one entry a stream, in order.
	Edits []Edits
	// Pods has one entry a pod template, in the order of the streams.
	Pods []Pod
}

// Edits are the changes to one stream: replacements of byte ranges, in order and apart from one another.
type Edits struct {
	Stream Stream
	List   []Edit
}

// Edit replaces the bytes from Start up to End (offsets in the stream) by Text.
type Edit struct {
	Start, End int
	Text       string
}

// WriteTo writes the edited stream.
func (e Edits) WriteTo(w io.Writer) (int64, error) { panic("todo") }

// Selected counts the pods that were selected, also where they could not be enrolled.
func (o *Outcome) Selected() int { panic("todo") }
