package yamledit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	yaml11 "sigs.k8s.io/yaml"
)

func TestRender(t *testing.T) {
	value := Map(
		Entry{"plain", Plain("a/b")}, Entry{"true", Plain("true")}, Entry{"text", String("it's")}, Entry{"escaped", String("a\tb\u2028'\"<")},
		Entry{"lines", String("a\n\n  b\n")}, Entry{"cut", String("a\nb")}, Entry{"blank", String("\na")}, Entry{"é", String("é")},
		Entry{"p", Int(-1)}, Entry{"yes", True()}, Entry{"none", Map()}, Entry{"empty", List()}, Entry{"", Plain("")}, Entry{"-x", Plain("1.5")},
		Entry{"map", Map(Entry{"a", Map(Entry{"b", Plain("c")})})},
		Entry{"list", List(Map(Entry{"a", Plain("b")}, Entry{"c", List(Plain("d"), Map(), List(Plain("e"), Plain("f")))}))},
	)
	want := `plain: a/b
'true': 'true'
text: 'it''s'
escaped: "a\tb\u2028'\"<"
lines: |
  a

    b
cut: |-
  a
  b
blank: "\na"
'é': 'é'
p: -1
'yes': true
none: {}
empty: []
'': ''
'-x': '1.5'
map:
  a:
    b: c
list:
- a: b
  c:
  - d
  - {}
  - [e, f]
`
	require.Equal(t, want, Render(value, "\n"))
	require.Equal(t, "a:\r\n  b: c\r\n", Render(Map(Entry{"a", Map(Entry{"b", Plain("c")})}), "\r\n"))
}

// Kubernetes reads YAML 1.1, to which more words are no strings than to the library.
func TestStringsStayStrings(t *testing.T) {
	for _, word := range strings.Fields("y Y yes Yes YES n N no No NO on On ON off Off OFF true TRUE False null Null yEs nO one yes/no x") {
		var got map[string]any
		require.NoError(t, yaml11.Unmarshal([]byte(Render(Map(Entry{word, Plain(word)}), "\n")), &got))
		require.Equal(t, map[string]any{word: word}, got)
	}
}

func TestFromJSON(t *testing.T) {
	n, err := FromJSON(map[string]any{"a": []any{1, 1.5, true, false, nil, "x", map[string]any{}}})
	require.NoError(t, err)
	require.Equal(t, Map(Entry{"a", List(Int(1), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: "1.5"}, True(),
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "false"}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, Plain("x"), Map())}), n)
	_, err = FromJSON(func() {})
	require.Error(t, err)
}
