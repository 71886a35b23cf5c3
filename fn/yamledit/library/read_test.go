package library

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]SyntaxError{
		"a: b\nc: [\n":                           {3, "did not find expected node content"},
		"a: b\n\tc: d\n":                         {2, "found a tab character that violates indentation"},
		"a: b\nc: \xff\n":                        {2, "not valid UTF-8"},
		"a: b\nc: \x01\n":                        {2, "control characters are not allowed"},
		"a: \uFFFD\nb: \xff\n":                   {2, "not valid UTF-8"},
		"a: b\tc\r\nd: \u0085é\u00a0\ne: \x1F\n": {3, "control characters are not allowed"},
		"a: \uFFFD ~\nb: \x7F\n":                 {2, "control characters are not allowed"},
		"a: b\nc: \u009F\n":                      {2, "control characters are not allowed"},
		"a: b\nc: \uFFFE\n":                      {2, "control characters are not allowed"},
		"a: b\nc: \uFFFF\n":                      {2, "control characters are not allowed"},
		"a: 1\nb: [1,\nc: 2":                     {2, "did not find expected ',' or ']'"},
		"a: 1\nb: c: d\n":                        {2, "mapping values are not allowed in this context"},
		"a: [\n":                                 {2, "did not find expected node content"},
		"a: b\r--- c\r":                          {2, "a second document starts here"},
		"a: {b: c}\n}\n---":                      {2, "did not find expected key"},
	} {
		_, err := Read([]byte(text))
		require.Error(t, err, "%q", text)
		require.Equal(t, &want, err, "%q", text)
	}
}
