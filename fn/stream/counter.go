package stream

import "bytes"

// LineCounter tells at which line of its stream an offset is. It counts from the offset that it was asked for last, so that
// asking for offsets in their order takes one pass.
type LineCounter struct {
	streams       []Stream
	stream, to, n int
}

// NewLineCounter makes a counter for the streams.
func NewLineCounter(streams []Stream) *LineCounter { return &LineCounter{streams: streams} }

// Above is the number of line breaks in front of an offset in a stream, given by its index.
func (l *LineCounter) Above(stream, offset int) int {
	if stream != l.stream {
		l.stream, l.to, l.n = stream, 0, 0
	}
	text := l.streams[stream].Bytes
	if offset >= l.to {
		l.n += bytes.Count(text[l.to:offset], []byte("\n"))
	} else {
		l.n -= bytes.Count(text[offset:l.to], []byte("\n"))
	}
	l.to = offset
	return l.n
}
