package schema

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the schemas")

// published are the schemas, by the file that they are published in.
var published = map[string]func() ([]byte, error){
	"fn/config/meshenrollment.schema.json": Configuration,
	"fn/report/report.schema.json":         Report,
}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The published schemas are those of the types. A field that is renamed or removed, or that changes its type, changes the schema, so it is
// seen: `make docs` writes them anew.
func TestPublished(t *testing.T) {
	for file, generate := range published {
		want, err := generate()
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(file, want, 0o644))
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(text), "%s is stale: if the change is meant, run `make docs`", file)
	}
}

// validator reads a published schema.
func validator(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource(file, schema))
	compiled, err := compiler.Compile(file)
	require.NoError(t, err)
	return compiled
}

// problems says why a text does not fit a schema, or is empty.
func problems(t *testing.T, schema *jsonschema.Schema, asJSON []byte) string {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	require.NoError(t, err)
	if err := schema.Validate(value); err != nil {
		return err.Error()
	}
	return ""
}
