package stream

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func split(text string) (documents []string) {
	for span := range Split([]byte(text)) {
		documents = append(documents, text[span.Start:span.End])
	}
	return documents
}

func TestSplit(t *testing.T) {
	for _, want := range [][]string{
		nil,
		{"a: b\n"},
		{"---\na: b\n"},
		{"# c\n", "---\na: b\n"},
		{"a: b\n", "---\nc: d\n"},
		{"a: b\n# c\n", "--- # d\nc: d"},
		{"a: b\r\n", "---\r\nc: d\r\n"},
		{"%YAML 1.1\n---\na: b\n...\n# c\n", "%YAML 1.1\n---\na: b\n"},
		{"a: |\n  ---\n  b\n", "---apiVersion: v1\n"},
		{"a: b\n-----BEGIN\n"},
		{"---\n", "---\n\n", "---\n"},
		{"a: b\n...\n\n \n# c\n", "c: d\n"},
		{"a: b\n...\n", "\rc: d\n"},
		{"a: b\n...\n\r"},
	} {
		require.Equal(t, want, split(strings.Join(want, "")))
	}
}

func TestBody(t *testing.T) {
	for text, want := range map[string]int{"": 0, "---\na: b": 0, "--- {a: b}": 0, "---kind: Pod": 3, "---{a: b}": 3, "---a: b": 0} {
		require.Equal(t, want, Body([]byte(text)), text)
	}
}

// FuzzSplit holds that documents are the whole stream, that cutting it into chunks first changes nothing, and that a
// document is split no further.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "---\n", "a\n---\nb", "%YAML 1.1\n---\na\n...\n# c\n%TAG ! !\n---\n", "a: |\n  ---\n---apiVersion: v1\n",
		"a: b\r\n--- # c\r\nd: e\r\n", "-----BEGIN\n", "...\n...\n---", "---\n---\n\n---\n", "%\n\r x\n---\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		documents := split(stream)
		require.Equal(t, stream, strings.Join(documents, ""))
		for _, document := range documents {
			require.NotEmpty(t, document)
			require.Len(t, split(document), 1, "%q", document)
		}
		var chunked []string
		for _, chunk := range chunks([]byte(stream), 3) {
			require.True(t, stream == "" || chunk.Start < chunk.End)
			chunked = append(chunked, split(stream[chunk.Start:chunk.End])...)
		}
		require.Equal(t, documents, chunked)
	})
}

func BenchmarkSplit(b *testing.B) {
	text := services()[0].Bytes
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for range Split(text) {
		}
	}
}
