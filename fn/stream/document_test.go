package stream

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// judge is interested in Pods and Namespaces, and in what it cannot know.
func judge(_, kind string, _ Text) Interest {
	switch kind {
	case "":
		return PodsAndFacts
	case "Pod":
		return Pods
	case "Namespace":
		return Facts
	}
	return Nothing
}

func TestDocuments(t *testing.T) {
	streams := []Stream{{Name: "a", Bytes: []byte("# c\n---\nkind: Pod\n---\nkind: Service\n---\n---kind: Namespace\n")}, {}, {Name: "b", Bytes: []byte("kind: 'Pod'\n")}}
	documents, err := Documents(streams, false, judge)
	require.NoError(t, err)
	require.Equal(t, []Document{
		{Stream: 0, From: 4, Start: 4, End: 18, Interest: Pods},
		{Stream: 0, From: 40, Start: 43, End: 59, Interest: Facts},
		{Stream: 2, From: 0, Start: 0, End: 12, Interest: PodsAndFacts},
	}, documents)
	require.Equal(t, "kind: Namespace\n", string(documents[1].Bytes(streams)))
}

func TestUTF16(t *testing.T) {
	for _, mark := range []string{"\xFE\xFF", "\xFF\xFE"} {
		_, err := Documents([]Stream{{Name: "a"}, {Name: "b", Bytes: []byte(mark)}}, false, judge)
		var encoding *EncodingError
		require.True(t, errors.As(err, &encoding))
		require.Equal(t, "b", encoding.Stream)
		require.EqualError(t, err, "b: the text is UTF-16; enmesh reads UTF-8")
	}
}

// Large streams are read in chunks, and come out in order.
func TestChunks(t *testing.T) {
	text := strings.Repeat("---\nkind: Service\nspec: {}\n---\nkind: Pod\nspec: {}\n", 100_000)
	documents, err := Documents([]Stream{{Name: "a", Bytes: []byte(text)}}, false, judge)
	require.NoError(t, err)
	require.Len(t, documents, 100_000)
	for i, d := range documents {
		require.Equal(t, 50*i+27, d.Start)
	}
	require.Greater(t, len(chunks([]byte(text), 5)), 4)
}

func TestLineCounter(t *testing.T) {
	lines := NewLineCounter([]Stream{{Name: "a", Bytes: []byte("a\nb\r\nc")}, {Name: "b", Bytes: []byte("\n\n")}})
	for _, at := range []struct{ stream, offset, want int }{{0, 0, 0}, {0, 2, 1}, {0, 6, 2}, {0, 1, 0}, {1, 1, 1}, {1, 2, 2}, {0, 5, 2}} {
		require.Equal(t, at.want, lines.Above(at.stream, at.offset))
	}
}

// services are Services of no interest, as documents and as a list.
func services() []Stream {
	var documents, list bytes.Buffer
	list.WriteString("apiVersion: v1\nitems:\n")
	for i := range 10_000 {
		service := fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata:\n  name: web-%d\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n    targetPort: http\n", i)
		documents.WriteString("---\n# Source: shop/templates/service.yaml\n" + service)
		list.WriteString("- " + strings.ReplaceAll(service[:len(service)-1], "\n", "\n  ") + "\n")
	}
	list.WriteString("kind: List\nmetadata:\n  resourceVersion: \"\"\n")
	return []Stream{{Name: "stream", Bytes: documents.Bytes()}, {Name: "list", Bytes: list.Bytes()}}
}

func BenchmarkDocuments(b *testing.B) {
	for _, in := range services() {
		b.Run(in.Name, func(b *testing.B) {
			b.SetBytes(int64(len(in.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				documents, err := Documents([]Stream{in}, true, judge)
				require.NoError(b, err)
				require.Empty(b, documents)
			}
		})
	}
}
