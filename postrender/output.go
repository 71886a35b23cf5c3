package postrender

import (
	"bytes"
	"errors"
	"io"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// writeStreams writes the edited streams, one after another. Helm 4 treats blank output as a failure, even if the chart renders
// to nothing. So it gets a comment, which is not blank and adds no resource.
func writeStreams(out io.Writer, edits []outcome.Edits, helm4 bool) error {
	blank, lineEnded := true, true // of the output so far
	for _, e := range edits {
		if text := separator(e.Stream.Bytes, blank, lineEnded); text != "" {
			if _, err := io.WriteString(out, text); err != nil {
				return err
			}
		}
		if _, err := e.WriteTo(out); err != nil {
			return err
		}
		blank = blank && isBlank(e)
		if n := len(e.Stream.Bytes); n > 0 {
			lineEnded = e.Stream.Bytes[n-1] == '\n'
		}
	}
	if blank && helm4 {
		_, err := io.WriteString(out, "# enmesh: no resources\n")
		return err
	}
	return nil
}

// unchanged are the edits of streams that nothing is done to.
func unchanged(streams []stream.Stream) []outcome.Edits {
	edits := make([]outcome.Edits, len(streams))
	for i, s := range streams {
		edits[i].Stream = s
	}
	return edits
}

// separator is what goes between a stream and the output above it. It is a line break at most if the output is blank, or if the
// stream starts with a separator of its own.
func separator(stream []byte, blankAbove, lineEnded bool) string {
	text := ""
	if !lineEnded && len(stream) > 0 {
		text = "\n"
	}
	first := firstLine(stream)
	switch {
	case blankAbove, first == nil, isSeparator(first):
		return text
	case first[0] == '%': // a directive must follow an end of document, and has its own separator below
		return text + "...\n"
	}
	return text + "---\n"
}

// firstLine is the rest of a stream, from the first line that is neither blank nor a comment. It is nil if there is none.
func firstLine(stream []byte) []byte {
	for len(stream) > 0 {
		line, below, _ := bytes.Cut(stream, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return stream
		}
		stream = below
	}
	return nil
}

// isSeparator says whether the text starts with a document separator: three dashes that are not part of a word.
func isSeparator(text []byte) bool {
	return bytes.HasPrefix(text, []byte("---")) && (len(text) == 3 || bytes.IndexByte([]byte(" \t\r\n"), text[3]) >= 0)
}

// isBlank says whether a stream is blank after its edits.
func isBlank(e outcome.Edits) bool {
	_, err := e.WriteTo(blankOnly{})
	return err == nil
}

// blankOnly is a writer that accepts only blank text.
type blankOnly struct{}

var errNotBlank = errors.New("not blank")

func (blankOnly) Write(text []byte) (int, error) {
	if len(bytes.TrimSpace(text)) > 0 {
		return 0, errNotBlank
	}
	return len(text), nil
}
