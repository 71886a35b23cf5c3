package stream

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSniff(t *testing.T) {
	type told struct {
		apiVersion, kind string
		empty            bool
	}
	for text, want := range map[string]told{
		"":                                      {empty: true},
		"---\n# only a comment\n\n":             {empty: true},
		"apiVersion: v1\nkind: Pod\n":           {apiVersion: "v1", kind: "Pod"},
		"--- # c\nkind: Pod # c\r\n":            {kind: "Pod"},
		"kind : Pod\n":                          {kind: "Pod"},
		"kind: Pod\nx: \"a\nkind: Service\"\n":  {},
		"kind: \"Pod\"\n":                       {},
		"kind: Pod#1\n":                         {},
		"kind: &a Pod\n":                        {},
		"kind:Pod\n":                            {},
		"kind: Pod\n # c\na: b\n":               {kind: "Pod"},
		"kind: Pod\n x\napiVersion: v1\n":       {apiVersion: "v1"},
		"apiVersion: v1\n\n x\nkind: Pod\n":     {kind: "Pod"},
		"\"kind\": Pod\n":                       {},
		"{kind: Pod}\n":                         {},
		"--- {a: b,\nkind: Pod\n}":              {},
		"? kind\n: Pod\nkind: X\n":              {},
		"%YAML 1.2\n---\nkind: Pod\n":           {},
		"items:\n- kind: Pod\nkind: List\n":     {kind: "List"},
		"kind: Pod\n}\n":                        {},
		"kind: Pod\n\rx\n":                      {},
		"kind: Pod\n\r\n":                       {kind: "Pod"},
		"kind: a-b.c/D9\n":                      {kind: "a-b.c/D9"},
		"kind: a_b\n":                           {},
		"kinds: Pod\nkind: Service\n":           {kind: "Service"},
		"\uFEFFkind: Pod\n":                     {},
		"kind: Pod\napiVersion: 'v1'\n":         {kind: "Pod"},
		"data: |\n  kind: Pod\nkind: Service\n": {kind: "Service"},
	} {
		var s sniffer
		require.Len(t, text, s.document([]byte(text), 0, false))
		apiVersion, kind := s.result()
		require.Equal(t, want, told{string(apiVersion), string(kind), s.isEmpty()}, "%q", text)
	}
}

// A word is allocated once, unless there are too many.
func TestVocabulary(t *testing.T) {
	v := vocabulary{}
	require.Equal(t, "Deployment", v.of([]byte("Deployment")))
	require.Zero(t, testing.AllocsPerRun(10, func() { v.of([]byte("Deployment")) }))
	for i := range 2 * maxVocabulary {
		require.Equal(t, strconv.Itoa(i), v.of(strconv.AppendInt(nil, int64(i), 10)))
	}
	require.Len(t, v, maxVocabulary)
}

func TestIsASCII(t *testing.T) {
	for text, want := range map[string]bool{"": true, "a": true, "abcdefgh\x7F": true, "é": false, "abcdefghé": false, "éabcdefgh": false, "abcdefé": false} {
		require.Equal(t, want, isASCII([]byte(text)), "%q", text)
	}
}

func BenchmarkSniff(b *testing.B) {
	document := bytes.Repeat([]byte("  description: some text of a usual length\n"), 10_000)
	document = append([]byte("apiVersion: v1\nkind: ConfigMap\ndata:\n"), document...)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		var s sniffer
		s.document(document, 0, false)
	}
}
