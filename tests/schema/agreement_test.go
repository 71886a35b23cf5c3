package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	invopop "github.com/invopop/jsonschema"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
)

// values replace the value of each field. They are valid somewhere, or nearly so.
var values = []any{nil, true, false, 0, 1.5, "", "a", "A", "a b", "a/b", "/a", "a.b", "A.b", "a_b", "-", ".", "..", "a\nb", "a,b", "*", "(", "a in", "==",
	"spiffe://a", "STRICT", "strict", "v1", "v1beta1", "ztwim", "Enroll", "Check", "Skip", "Pod", "Template", "HostNetwork", "HostNetwrok", "a[]/b", "a[/b", "a//b",
	"sidecar.istio.io/inject", "istio.io/rev", "a/b/c", "Example.org/a", "example.org/", "2026-01-01T00:00:00Z", "\u007f",
	strings.Repeat("a", 63), strings.Repeat("a", 64), "a/" + strings.Repeat("a", 64), strings.Repeat("a", 254) + "/a", strings.Repeat("a", 254), strings.Repeat("a", 256),
	[]any{}, []any{"a"}, []any{nil}, []any{1}, []any{"HostNetwork"}, []any{map[string]any{}}, map[string]any{}, map[string]any{"a": "b"}, map[string]any{"a": 1}}

// beyond are fields whose whole meaning a schema cannot say: it takes some values that enmesh refuses.
var beyond = map[string]*regexp.Regexp{
	"regular expressions": regexp.MustCompile(`^spec\.(targets|exclude|gateways)\.0\.(group|version|kind|name|namespace)$`),
	"selectors":           regexp.MustCompile(`^spec\.(targets|exclude|gateways)\.0\.(label|annotation)Selector$`),
	"a length in parts":   regexp.MustCompile(`^spec\.identityLabel\.key$`),
}

// The schema accepts what enmesh accepts, and refuses what it refuses, whatever one of the fields is. There are two exceptions: fields whose
// meaning a schema cannot say, and blank ones, which enmesh takes for none.
func TestAgreement(t *testing.T) {
	schema := validator(t, "fn/config/meshenrollment.schema.json")
	text, err := os.ReadFile("tests/schema/testdata/everything.yaml")
	require.NoError(t, err)
	var everything map[string]any
	require.NoError(t, yaml.UnmarshalStrict(text, &everything))
	require.NoError(t, accepts(text))

	used, tried, refused := map[string]bool{}, 0, 0
	try := func(path string, value any) {
		text, err := json.Marshal(everything)
		require.NoError(t, err)
		text = bytes.ReplaceAll(text, []byte("\u007f"), []byte(`\u007f`)) // which YAML takes as an escape only
		err = accepts(text)
		said := problems(t, schema, text)
		tried++
		if err != nil {
			refused++
		}
		if (err == nil) == (said == "") || err == nil && isBlank(value) {
			return
		}
		for name, fields := range beyond {
			if err != nil && fields.MatchString(path) {
				used[name] = true
				return
			}
		}
		t.Errorf("%s: %#v\nenmesh: %v\nschema: %s", path, value, err, said)
	}
	var vary func(path string, node any)
	change := func(path string, was any, set func(any), remove func()) {
		vary(path, was)
		for _, value := range values {
			set(value)
			try(path, value)
		}
		if remove != nil {
			remove()
			try(path, "nothing")
		}
		set(was)
	}
	vary = func(path string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for name, was := range node {
				change(strings.TrimPrefix(path+"."+name, "."), was, func(v any) { node[name] = v }, func() { delete(node, name) })
			}
			node["nonsense"] = "a"
			try(path, "another field")
			delete(node, "nonsense")
		case []any:
			for i, was := range node {
				change(fmt.Sprintf("%s.%d", path, i), was, func(v any) { node[i] = v }, nil)
			}
		}
	}
	vary("", everything)
	for name := range beyond {
		require.True(t, used[name], "no exception for %s is needed", name)
	}
	require.Greater(t, refused, tried/2)
	require.Greater(t, tried-refused, tried/10)
}

// accepts returns why enmesh refuses a configuration.
func accepts(text []byte) error {
	enrollment, err := config.Decode(text)
	if err == nil {
		_, err = fn.New(enrollment)
	}
	return err
}

// isBlank says whether a value, or an item of it, says nothing.
func isBlank(value any) bool {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, isBlank)
	}
	return value == nil || value == ""
}

// What depends on two fields.
func TestAgreementOnPairs(t *testing.T) {
	schema := validator(t, "fn/config/meshenrollment.schema.json")
	for spec, valid := range map[string]bool{
		"{all: true}":                            true,
		"{all: true, targets: []}":               true,
		"{all: true, targets: [{kind: Pod}]}":    false,
		"{all: false, targets: [{kind: Pod}]}":   true,
		"{workloadSocket: {csi: {driver: x}}}":   false,
		"{workloadSocket: {csi: {}}}":            false,
		"{podTemplates: [{kind: A}]}":            false,
		"{podTemplates: [{kind: A, path: a/b}]}": true,
	} {
		text := []byte(head + "spec: " + spec + "\n")
		require.Equal(t, valid, accepts(text) == nil, spec)
		require.Equal(t, valid, problems(t, schema, asJSON(t, text)) == "", spec)
	}
}

// Each field has a description, which editors show, in terms of the JSON; and TestAgreement has tried each.
func TestFields(t *testing.T) {
	text, err := os.ReadFile("tests/schema/testdata/everything.yaml")
	require.NoError(t, err)
	for file := range published {
		published, err := os.ReadFile(file)
		require.NoError(t, err)
		var s invopop.Schema
		require.NoError(t, json.Unmarshal(published, &s))
		s.Definitions[""] = &s
		for name, definition := range s.Definitions {
			if definition.Properties == nil {
				continue
			}
			for field := definition.Properties.Oldest(); field != nil; field = field.Next() {
				if !slices.Contains([]string{"ObjectMeta", "OwnerReference", "ManagedFieldsEntry"}, name) {
					require.NotEmpty(t, field.Value.Description, "%s: %s.%s", file, name, field.Key)
				}
				if strings.Contains(file, "config") {
					require.Regexp(t, `[ {\[]`+field.Key+`: `+"|\n +"+field.Key+":\n|^"+field.Key+": |\n"+field.Key+":", string(text), "%s: %s.%s", file, name, field.Key)
				}
			}
		}
	}
}
