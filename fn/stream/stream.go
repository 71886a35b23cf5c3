package stream

import "bytes"

// Stream is one input: YAML documents, and the name by which messages call it.
type Stream struct {
	Name  string
	Bytes []byte
}

// Span is a place in a text: the bytes from Start up to End.
type Span struct{ Start, End int }

// EncodingError says that a stream cannot be read, because it is not UTF-8.
type EncodingError struct {
	Stream string // its name
	Cause  string
}

func (e *EncodingError) Error() string { return e.Stream + ": " + e.Cause }

// checkEncoding refuses UTF-16, which tells itself by its first two bytes.
func (s Stream) checkEncoding() error {
	if bytes.HasPrefix(s.Bytes, []byte("\xFE\xFF")) || bytes.HasPrefix(s.Bytes, []byte("\xFF\xFE")) {
		return &EncodingError{s.Name, "the text is UTF-16; enmesh reads UTF-8"}
	}
	return nil
}
