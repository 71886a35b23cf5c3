package schema

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"
)

const head = "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"

// Each configuration in the repository, of the tests, the examples and the pages, is valid for the schema if enmesh accepts it, and is not if
// enmesh refuses it.
func TestConfigurations(t *testing.T) {
	schema := validator(t, "fn/config/meshenrollment.schema.json")
	valid, invalid := 0, 0
	for _, text := range configurations(t) {
		err := accepts(text)
		said := problems(t, schema, asJSON(t, text))
		require.Equal(t, err == nil, said == "", "%s\nenmesh: %v\nschema: %s", text, err, said)
		if err == nil {
			valid++
		} else {
			invalid++
		}
	}
	require.Greater(t, valid, 100)
	require.Greater(t, invalid, 3)
}

// Where the specification of a test case stands, the head goes without saying.
const caseConfig = "config.yaml"

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// configurations finds the texts of all MeshEnrollments in the repository.
func configurations(t *testing.T) (all [][]byte) {
	add := func(text []byte) {
		var document map[string]any
		if yaml.Unmarshal(text, &document) != nil {
			return // such as a stream of several documents
		}
		if nested, ok := document["functionConfig"].(map[string]any); ok {
			document = nested
			var err error
			text, err = yaml.Marshal(nested)
			require.NoError(t, err)
		}
		if document["kind"] == "MeshEnrollment" {
			all = append(all, text)
		}
	}
	for _, folder := range []string{"README.md", "examples", "fn", "krm", "postrender", "tests"} {
		require.NoError(t, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(file)
			switch filepath.Ext(file) {
			case ".txtar":
				for _, part := range txtar.Parse(text).Files {
					if part.Name == caseConfig && filepath.Dir(file) == "fn/testdata/cases" {
						part.Data = append([]byte(head), part.Data...)
					}
					add(part.Data)
				}
			case ".yaml", ".yml", ".json":
				add(text)
			case ".md":
				for _, block := range yamlBlock.FindAllSubmatch(text, -1) {
					add(block[1])
				}
			}
			return err
		}))
	}
	return all
}

var schemaComment = regexp.MustCompile(`^# yaml-language-server: \$schema=(\S+)\n`)

// The examples, and the page about configurations, name the schema for editors in the first line.
func TestEditors(t *testing.T) {
	named := func(file string, text []byte) {
		found := schemaComment.FindSubmatch(text)
		require.NotNil(t, found, "%s names no schema in its first line", file)
		require.Equal(t, "fn/config/meshenrollment.schema.json", filepath.Join(filepath.Dir(file), string(found[1])), file)
	}
	examples := 0
	require.NoError(t, filepath.WalkDir("examples", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil && filepath.Ext(file) != ".md" && bytes.Contains(text, []byte("kind: MeshEnrollment")) {
			examples++
			named(file, text)
		}
		return err
	}))
	require.NotZero(t, examples)
	const page = "fn/config/CONFIGURATION.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	named(page, []byte(block))
}

func asJSON(t *testing.T, text []byte) []byte {
	t.Helper()
	converted, err := yaml.YAMLToJSON(text)
	require.NoError(t, err, string(text))
	return converted
}
