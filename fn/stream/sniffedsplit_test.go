package stream

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// sniffedTexts are documents whose ends or kinds are not where they seem to be.
var sniffedTexts = []string{
	"", "---\n", "# c\n", "kind: Pod\n", "---\nkind: Pod\n---\nkind: Job\n", "--- # c\nkind: Pod\n...\n# c\nkind: Job\n", "%YAML 1.1\n---\nkind: Pod\n", "%\n", "---kind: Pod\n---kind: Job\n",
	"---{kind: Pod}\n", "--- {kind: Pod}\n", "----\nkind: Pod\n", "---x\nkind: Pod\n", "kind: Pod\n---x\nkind: Job\n", "kind: Pod\n...x\n---\nkind: Job\n", "kind:\n  Pod\n---\n", "kind: |\n  ---\n",
	"kind: List\nitems:\n- kind: Pod\n---\nkind: Pod\n", "items:\n- a: b\n- c: d\nkind: List\n---\na: b\n", "items:\n  a: b\n---\nitems:\n- a\n", "kind: A\nitems: []\nkind: B\n---\nkind: Pod\n",
	"...\n...\n---\na: b\n", "a: b\n\n  # c\n---\n\tkind: Pod\n", "a: b\r\n---\r\nkind: Pod\r\n", "\"kind\": Pod\n---\nkind: \"Pod\"\n", "# c\n%YAML 1.1\n---\nkind: Pod\n", "kind: Pod\n...\n%YAML 1.1\n---\nkind: Job",
}

// requireSniffed checks that documents that are split and sniffed in one go are those of Split, and are sniffed as by themselves.
func requireSniffed(t *testing.T, text string) {
	t.Helper()
	for _, cutLists := range []bool{false, true} {
		together := newSniffedSplit([]byte(text), cutLists)
		var spans []Span
		for span := range together.all() {
			spans = append(spans, span)
			got, items := together.take(span)
			start := span.Start + Body([]byte(text[span.Start:span.End]))
			document := []byte(text[start:span.End])
			var want sniffer
			at := want.document(document, 0, cutLists)
			require.Equal(t, at < len(document), items >= 0, "%q in %q", document, text)
			if items >= 0 {
				require.Equal(t, start+at, items, "%q in %q", document, text)
			}
			wantVersion, wantKind := want.result()
			gotVersion, gotKind := got.result()
			require.Equal(t, string(wantVersion), string(gotVersion), "%q in %q", document, text)
			require.Equal(t, string(wantKind), string(gotKind), "%q in %q", document, text)
			require.Equal(t, want.isEmpty(), got.isEmpty(), "%q in %q", document, text)
		}
		var wantSpans []Span
		for span := range Split([]byte(text)) {
			wantSpans = append(wantSpans, span)
		}
		require.Equal(t, wantSpans, spans, "%q", text)
	}
}

func TestSniffedSplit(t *testing.T) {
	for _, text := range sniffedTexts {
		requireSniffed(t, text)
		for _, other := range sniffedTexts {
			requireSniffed(t, text+other)
		}
	}
}

func FuzzSniffedSplit(f *testing.F) {
	for _, text := range sniffedTexts {
		f.Add(text)
	}
	f.Fuzz(requireSniffed)
}
