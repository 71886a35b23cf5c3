package stream

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIndex(t *testing.T) {
	text := []byte("kind: ConfigMap\nname: istio istios.io agent.confagent.conf spiffe\ngetcontainers\n")
	for _, word := range []string{"istio", "istios", "agent.conf", "agent.conff", "containers\n", "kind", "spiffee", "", "ControllerManagerConfig", "\n", "s\n"} {
		for from := range text {
			require.Equal(t, bytes.Index(text[from:], []byte(word)), index(text[from:], word), "%q from %d", word, from)
		}
	}
}

// A word counts for the document that all of it is in, however the documents before were searched.
func TestTextContains(t *testing.T) {
	stream := []byte("istio a\nb\nb istio\nis\ntio istio\n")
	w := &words{stream: stream, found: map[string]int{}}
	at := 0
	for i, line := range bytes.SplitAfter(stream, []byte("\n")) {
		text := Text{stream: stream, start: at, end: at + len(line), words: w}
		require.Equal(t, bytes.Contains(line, []byte("istio")), text.Contains("istio"), "line %d", i)
		require.Equal(t, NewText(line).Contains("b"), text.Contains("b"), "line %d", i)
		at += len(line)
	}
}
