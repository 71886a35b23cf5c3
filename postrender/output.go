package main

import (
	"bufio"
	"bytes"
	"errors"

	"enmesh.dev/enmesh/fn"
)

// writeStreams writes the edited streams, one behind the other. Helm 4 takes blank output for a failure, also where a chart
// renders to nothing; a comment is no blank output and no resource.
func writeStreams(out *bufio.Writer, edits []fn.Edits, helm4 bool) error {
	blank, broken := true, true // so far: nothing was written; it ends with a line break
	for _, e := range edits {
		if text := separator(e.Stream.Bytes, blank, broken); text != "" {
			if _, err := out.WriteString(text); err != nil {
				return err
			}
		}
		if _, err := e.WriteTo(out); err != nil {
			return err
		}
		blank = blank && isBlank(e)
		if n := len(e.Stream.Bytes); n > 0 {
			broken = e.Stream.Bytes[n-1] == '\n'
		}
	}
	if blank && helm4 {
		_, err := out.WriteString("# enmesh: no resources\n")
		return err
	}
	return nil
}

// separator is what keeps a stream apart from those above it. Where the stream begins a document itself, or nothing needs
// keeping apart, that is a line break at most.
func separator(stream []byte, blankAbove, brokenAbove bool) string {
	text := ""
	if !brokenAbove && len(stream) > 0 {
		text = "\n"
	}
	first := firstLine(stream)
	switch {
	case blankAbove, first == nil, isSeparator(first):
		return text
	case first[0] == '%': // a directive needs an end above it, and has its own separator below
		return text + "...\n"
	}
	return text + "---\n"
}

// firstLine is the rest of a stream from the first line on that is neither blank nor a comment, or nil.
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

// isSeparator says whether a document's separator stands here: three dashes and no more.
func isSeparator(text []byte) bool {
	return bytes.HasPrefix(text, []byte("---")) && (len(text) == 3 || bytes.IndexByte([]byte(" \t\r\n"), text[3]) >= 0)
}

// isBlank says whether a stream is blank when it is edited.
func isBlank(e fn.Edits) bool {
	_, err := e.WriteTo(blankness{})
	return err == nil
}

// blankness accepts blank text only.
type blankness struct{}

var errNotBlank = errors.New("not blank")

func (blankness) Write(text []byte) (int, error) {
	if len(bytes.TrimSpace(text)) > 0 {
		return 0, errNotBlank
	}
	return len(text), nil
}
