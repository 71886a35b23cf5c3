package yamledit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// patch is what the cases merge into the key `m`.
func patch() Entry {
	return Entry{"m", Map(Entry{"a/b", String("x")}, Entry{"p", Map(Entry{"c", String("y")})})}
}

var mergeCases = []struct{ name, in, out string }{
	{"block", "m:\n  k: v\nz: 1\n", "m:\n  k: v\n  a/b: 'x'\n  p:\n    c: 'y'\nz: 1\n"},
	{"absent key goes last", "z: 1\n", "z: 1\nm:\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"no final line break", "m:\n  k: v", "m:\n  k: v\n  a/b: 'x'\n  p:\n    c: 'y'"},
	{"CRLF", "m:\r\n  k: v\r\nz: 1\r\n", "m:\r\n  k: v\r\n  a/b: 'x'\r\n  p:\r\n    c: 'y'\r\nz: 1\r\n"},
	{"CRLF above all else, no final line break", "\r\nz: 1", "\r\nz: 1\r\nm:\r\n  a/b: 'x'\r\n  p:\r\n    c: 'y'"},
	{"byte order mark", "\uFEFFm:\n  k: v\n", "\uFEFFm:\n  k: v\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"empty value", "m: # none\nz: 1\n", "m: # none\n  a/b: 'x'\n  p:\n    c: 'y'\nz: 1\n"},
	{"empty flow", "m: {} # none\nz: 1\n", "m: {a/b: 'x', p: {c: 'y'}} # none\nz: 1\n"},
	{"null", "m: null # none\nz: 1\n", "m: # none\n  a/b: 'x'\n  p:\n    c: 'y'\nz: 1\n"},
	{"alias", "b: &b\n  k: v\nm: *b\n", "b: &b\n  k: v\nm:\n  <<: *b\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"flow", "m: {k: v}\n", "m: {k: v, a/b: 'x', p: {c: 'y'}}\n"},
	{"flow non-ASCII", "é: ü\nm: {ü: 'é' , k: ö }\n", "é: ü\nm: {ü: 'é' , k: ö, a/b: 'x', p: {c: 'y'} }\n"},
	{"compact JSON", `{"m":{"k":"v"},"z":1}`, `{"m":{"k":"v","a/b":"x","p":{"c":"y"}},"z":1}`},
	{"JSON", "{\n  \"m\": {\n    \"k\": \"v\"\n  }\n}\n",
		"{\n  \"m\": {\n    \"k\": \"v\",\n    \"a/b\": \"x\",\n    \"p\": {\n      \"c\": \"y\"\n    }\n  }\n}\n"},
	{"KYAML", "---\n{\n  m: {\n    k: \"v\",\n  },\n}\n",
		"---\n{\n  m: {\n    k: \"v\",\n    a/b: \"x\",\n    p: {\n      c: \"y\",\n    },\n  },\n}\n"},
	{"quoted keys", "\"m\":\n  \"k\": \"v\"\n", "\"m\":\n  \"k\": \"v\"\n  \"a/b\": \"x\"\n  \"p\":\n    \"c\": \"y\"\n"},
	{"comments", "m:\n  k: v # c\n    # more c\n  # about z?\n\nz: 1\n",
		"m:\n  k: v # c\n    # more c\n  a/b: 'x'\n  p:\n    c: 'y'\n  # about z?\n\nz: 1\n"},
	{"clipped block scalar", "m:\n  k: |\n    # no comment\n\n    t\n\n\nz: 1\n",
		"m:\n  k: |\n    # no comment\n\n    t\n  a/b: 'x'\n  p:\n    c: 'y'\n\n\nz: 1\n"},
	{"kept block scalar", "m:\n  k: |+\n    t\n\nz: 1\n", "m:\n  k: |+\n    t\n\n  a/b: 'x'\n  p:\n    c: 'y'\nz: 1\n"},
	{"block scalar with indicator", "m:\n  k: |1\n     t\n  j: >2-\n     u\n", "m:\n  k: |1\n     t\n  j: >2-\n     u\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"unfinished block scalar", "m:\n  j: 1\n  k: |\n    t", "m:\n  j: 1\n  a/b: 'x'\n  p:\n    c: 'y'\n  k: |\n    t"},
	{"several lines", "m:\n  k: one\n    two\n  j: 'one\n\n    ''two'\n", "m:\n  k: one\n    two\n  j: 'one\n\n    ''two'\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"comment in a flow collection", "m:\n  k: {a: b # c\n    }\n", "m:\n  k: {a: b # c\n    }\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"wide steps", "m:\n    k: v\n", "m:\n    k: v\n    a/b: 'x'\n    p:\n        c: 'y'\n"},
	{"merge key", "b: &b {q: r}\nm:\n  <<: *b\n", "b: &b {q: r}\nm:\n  <<: *b\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"tab in front of a comment", "m:\n  k: v\t# c\n", "m:\n  k: v\t# c\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"scalar replaced", "m:\n  a/b: true\n", "m:\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"inner and outer end together", "m:\n  p:\n    d: 1\n", "m:\n  p:\n    d: 1\n    c: 'y'\n  a/b: 'x'\n"},
	{"unused anchor", "m: &m\n  k: v\n", "m: &m\n  k: v\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"foreign alias elsewhere", "q: *else\nm:\n  k: v\n", "q: *else\nm:\n  k: v\n  a/b: 'x'\n  p:\n    c: 'y'\n"},
	{"anchor used elsewhere", "m: &m\n  k: v\nz: *m\n", "line 1: the anchor &m is used elsewhere"},
	{"foreign alias", "m: *else\n", "line 1: the alias refers to an anchor that this document does not define"},
	{"duplicate key", "m:\n  k: v\nm: {}\n", "line 3: the key \"m\" is defined twice"},
	{"not a mapping", "m: [a]\n", "line 1: expected a mapping, got a list"},
	{"out of a merge key", "b: &b\n  m: {k: v}\nc:\n  <<: *b\n<<: *b\n", "line 1: \"m\" comes from a merge key"},
}

func TestMerge(t *testing.T) {
	for _, c := range mergeCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := merged(c.in, patch())
			if refusal, ok := err.(*Refusal); ok {
				require.Contains(t, "line "+string(rune('0'+refusal.Line))+": "+refusal.Cause, c.out)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.out, got)

			again, err := merged(got, patch())
			require.NoError(t, err)
			require.Equal(t, got, again, "merging twice must change nothing more")
		})
	}
}

func TestMergeThenRemove(t *testing.T) {
	for _, c := range mergeCases {
		if c.name == "null" || c.name == "alias" || c.name == "scalar replaced" || c.name == "empty value" ||
			strings.HasPrefix(c.out, "line ") || c.name == "inner and outer end together" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.out))
			require.NoError(t, err)
			require.NoError(t, d.Remove(Lookup(d.Root(), "m"), "a/b", "p"))
			require.Equal(t, c.in, finished(t, d, c.out))
		})
	}
}

// A second patch does not see what the first one added. It is an error where a key would be there twice, and never a document that has it twice.
func TestMergeTwice(t *testing.T) {
	for _, text := range []string{"m:\n  k: v\n", "m: {k: v}\n", "m: {}\n"} {
		d, err := Parse([]byte(text))
		require.NoError(t, err)
		mapping := Lookup(d.Root(), "m")
		require.NoError(t, d.Merge(mapping, Map(Entry{"a", Plain("1")})))
		require.NoError(t, d.Merge(mapping, Map(Entry{"b", Plain("2")}, Entry{"a", Plain("1")})))
		edits, err := d.Finish()
		require.ErrorContains(t, err, `two edits add the key "a" to the same mapping`, text)
		require.Empty(t, edits)
	}
}

func merged(text string, entries ...Entry) (string, error) {
	d, err := Parse([]byte(text))
	if err != nil {
		return "", err
	}
	if err := d.Merge(d.Root(), Map(entries...)); err != nil {
		return "", err
	}
	edits, err := d.Finish()
	return string(Splice([]byte(text), edits)), err
}

func finished(t *testing.T, d *Document, text string) string {
	t.Helper()
	edits, err := d.Finish()
	require.NoError(t, err)
	return string(Splice([]byte(text), edits))
}
