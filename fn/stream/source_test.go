package stream

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSource(t *testing.T) {
	annotated := "kind: Pod\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: "
	for text, want := range map[string][2]string{ // by comment, by either
		"":                                       {},
		"kind: Pod\n":                            {},
		"---\n# Source: a/b.yaml\nkind: Pod\n":   {"a/b.yaml", "a/b.yaml"},
		"# Source: a/b.yaml\r\nkind: Pod\r\n":    {"a/b.yaml", "a/b.yaml"},
		"\n# c\n# Source: a b.yaml\n":            {"a b.yaml", "a b.yaml"},
		"kind: Pod\n# Source: a/b.yaml\n":        {},
		annotated + "a/b.yaml\n":                 {"", "a/b.yaml"},
		annotated + "'a/b.yaml'\n":               {"", "a/b.yaml"},
		"# Source: c.yaml\n" + annotated + "a\n": {"c.yaml", "c.yaml"},
		"kind: Pod\n# no postrenderer.helm.sh/postrender-filename\n": {},
	} {
		require.Equal(t, want, [2]string{CommentedSource([]byte(text)), Source([]byte(text))}, "%q", text)
	}
}
