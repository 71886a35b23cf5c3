package stream

import "bytes"

// Stream is one input: YAML documents, with a name for messages.
type Stream struct {
	Name  string
	Bytes []byte
	// Cut is the list that the stream is, if the caller has cut it already.
	Cut *Cut
}

// Span is a part of a text: the bytes from Start up to End.
type Span struct{ Start, End int }

// EncodingError says that a stream is not UTF-8.
type EncodingError struct {
	Stream string // the name of the stream
	Cause  string
}

func (e *EncodingError) Error() string { return e.Stream + ": " + e.Cause }

// checkEncoding refuses UTF-16, which starts with one of two byte order marks.
func (s Stream) checkEncoding() error {
	if bytes.HasPrefix(s.Bytes, []byte("\xFE\xFF")) || bytes.HasPrefix(s.Bytes, []byte("\xFF\xFE")) {
		return &EncodingError{s.Name, "the text is UTF-16; enmesh reads UTF-8"}
	}
	return nil
}
