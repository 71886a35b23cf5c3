package stream

import "bytes"

// LineCounter counts the lines above an offset of a stream. It counts from the last offset, so that calls with ascending offsets
// take one pass over the stream.
type LineCounter struct {
	streams       []Stream
	stream, to, n int
}

// NewLineCounter returns a counter for the streams.
func NewLineCounter(streams []Stream) *LineCounter { return &LineCounter{streams: streams} }

// Above returns the number of line breaks before an offset in the stream with this index.
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
