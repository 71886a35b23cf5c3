package reports

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// validator is a JSON schema.
type validator struct{ *jsonschema.Schema }

func (v validator) require(t *testing.T, text []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, v.Validate(value))
}

// publishedSchema is the schema of SARIF 2.1.0 that OASIS publishes. The library go-sarif holds a copy, in a constant that it does not export.
func publishedSchema(t *testing.T) validator {
	t.Helper()
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3")
	folder, err := list.Output()
	require.NoError(t, err)
	name := filepath.Join(strings.TrimSpace(string(folder)), "pkg/report/v210/sarif/schema.go")
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	require.NoError(t, err)
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING && text == "" {
			text, err = strconv.Unquote(literal.Value)
			require.NoError(t, err)
		}
		return true
	})
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	const url = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	require.Equal(t, url, schema.(map[string]any)["id"])
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat() // that a URI is one, and so on
	require.NoError(t, compiler.AddResource(url, schema))
	compiled, err := compiler.Compile(url)
	require.NoError(t, err)
	return validator{compiled}
}

// The schema is in force: it takes no report with a wrong level, line, URI or field.
func TestSchema(t *testing.T) {
	schema := publishedSchema(t)
	report := func(result string) string {
		return `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "enmesh"}}, "results": [` + result + `]}]}`
	}
	location := func(uri, line string) string {
		return report(`{"message": {"text": "x"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "` + uri + `"}, "region": {"startLine": ` + line + `}}}]}`)
	}
	schema.require(t, []byte(report(`{"message": {"text": "x"}, "level": "note"}`)))
	schema.require(t, []byte(location("a%20b.yaml", "1")))
	for _, wrong := range []string{
		report(`{"message": {"text": "x"}, "level": "info"}`), report(`{"level": "note"}`), report(`{"message": {"text": "x"}, "nope": 1}`),
		location("100%.yaml", "1"), location("a.yaml", "0"),
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		require.NoError(t, err)
		require.Error(t, schema.Validate(value), wrong)
	}
}
