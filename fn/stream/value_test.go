package stream

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMayHoldAnchor(t *testing.T) {
	for c := byte(' '); c < 0x7F; c++ {
		front, behind := string(c)+"&x", "&x"+string(c)
		require.Equal(t, strings.Contains(" []{},:-?\"'", string(c)), mayHoldAnchor([]byte(front)), front)
		isName := isLetter(c) || '0' <= c && c <= '9' || c == '_' || c == '-'
		require.Equal(t, isName || strings.Contains(" ?:,]}%@`", string(c)), mayHoldAnchor([]byte(behind)), behind)
	}
	for text, want := range map[string]bool{"": false, "a": false, "&": false, "& x": false, "&\tx": false, "&x": true, "a: \t&x\t": true, "a&b &c": true, "&&x": false, "&x=&y": false, "&- ": true} {
		require.Equal(t, want, mayHoldAnchor([]byte(text)), text)
	}
}

// What a value leaves open, on one line.
func TestLeavesOpen(t *testing.T) {
	for c := byte(' '); c < 0x7F; c++ {
		want := closed // a plain scalar, or nothing
		switch {
		case isQuote(c):
			want = openQuote
		case c == '|' || c == '>':
			want = blockHeader
		case strings.Contains("!%&*,-:?@[]`{}", string(c)):
			want = doubtful
		}
		if c != ' ' {
			require.Equal(t, want, leavesOpen([]byte{c}), "%c", c)
		}
		inFlow := "[b" + string(c) + "]"
		want = closed
		if strings.Contains("!\"#%&'*>?@[`{|", string(c)) {
			want = doubtful
		}
		if c != ']' && c != '}' {
			require.Equal(t, want, leavesOpen([]byte(inFlow)), inFlow)
		}
	}
	for text, want := range map[string]value{
		"": closed, "# c": closed, "[b\t]": doubtful, "\u00e9": closed, "-x": closed, "- x": doubtful, "-\tx": doubtful, "a: b": doubtful, "a:b": closed, "a:": doubtful, "a:\tb": doubtful, "a #: b": closed,
		"a\t#: b": closed, "a#: b": doubtful, "\"a\"": closed, "\"a\" # b": closed, "\"a\"# b": doubtful, "\"a\" b": doubtful, "'a''": openQuote, "'a'''": closed, "\"\\\"": openQuote, "'\\'": closed, "\"\\": openQuote,
		"|": blockHeader, ">": blockHeader, "|-": blockHeader, "|+1": blockHeader, "|2-": blockHeader, ">9 # c": blockHeader, "|0": doubtful, "|--": doubtful, "|12": doubtful, "|+-": doubtful, "|-#": doubtful, "|x": doubtful,
		"[]": closed, "{}": closed, "[": doubtful, "[a:": doubtful, "{\"a\":": doubtful, "[a": doubtful, "[a] b": doubtful, "[a] # b": closed, "[[a], {b: c}]": closed, "[[a], {b: c}": doubtful, "[\"]\"]": closed, "[\"]": doubtful, "[\"a\", 'b']": closed,
		"[\"a\"\"b\"]": doubtful, "[\"a\" \"b\"]": doubtful, "[a \"b\"]": doubtful, "{a: \"b\"}": closed, "{\"a\":\"b\"}": closed, "{a:\"b\"}": doubtful, "{a: {b: c}}": closed, "{a:{b: c}}": doubtful, "[a,\"b\"]": closed, "[a,[b]]": closed,
		"[[a]\"b\"]": doubtful, "[[a]:\"b\"]": doubtful, "[\"a\": b]": closed, "[\"a\":[b]]": closed, "[a:]": closed, "[\"a\" :\"b\"]": closed,
	} {
		require.Equal(t, want, leavesOpen([]byte(text)), "%q", text)
	}
}

// Where a value starts, and the column of what it belongs to.
func TestLookAtValue(t *testing.T) {
	type found struct{ start, owner int }
	for text, want := range map[string]found{
		"a": {0, -1}, "a: b": {3, 0}, "a:": {2, 0}, "a:   b": {5, 0}, "- a": {2, 0}, "-": {1, 0}, "- a: b": {5, 2}, "- - a: b": {7, 4}, "-a: b": {4, 0}, "a:b": {0, -1}, "a:b: c": {5, 0}, "a b: c": {0, -1}, "\"a b\": c": {7, 0},
		"'a''b': c": {8, 0}, "\"a\":b": {0, -1}, "\"a\" : b": {0, -1}, "\"a: b": {0, -1}, "Az09_-./x: b": {11, 0}, "\u00e9: b": {0, -1}, "a:: b": {0, -1}, ": b": {0, -1}, "<<: b": {0, -1}, "a(: b": {0, -1},
	} {
		_, start, owner := lookAtValue([]byte(text), 0)
		require.Equal(t, want, found{start, owner}, "%q", text)
	}
}
