// Package reports reads enmesh's reports for CI as others do: SARIF by its published schema and by a library, JUnit by a library.
package reports

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"enmesh.dev/enmesh/postrender"
)

// The reports of every case, and of each way to fail before there are pods, are what they say they are.
func TestReports(t *testing.T) {
	schema := publishedSchema(t)
	for name, input := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := func(name string) string { return filepath.Join(dir, name) }
			require.NoError(t, os.WriteFile(path("in put.yaml"), []byte(input.text), 0o644))
			require.NoError(t, os.WriteFile(path("config.yaml"), []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"+input.config), 0o644))
			for _, stdin := range []bool{false, true} {
				args := []string{"--config", path("config.yaml"), "--check", "--report", path("mesh.sarif"), "--report", path("mesh.xml")}
				if !stdin {
					args = append(args, path("in put.yaml"))
				}
				status := postrender.Main(append(args, input.args...), strings.NewReader(input.text), io.Discard, io.Discard, os.Getenv)
				requireSARIF(t, schema, read(t, path("mesh.sarif")))
				requireJUnit(t, read(t, path("mesh.xml")), status)
			}
		})
	}
}

type input struct {
	config, text string
	args         []string
}

func inputs(t *testing.T) map[string]input {
	t.Helper()
	all := map[string]input{
		"no-pods": {"spec: {all: true}\n", "", nil},
		"broken":  {"spec: {all: true}\n", "kind: Pod\nmetadata: {name: web\n", nil},
		"absent":  {"spec: {all: true}\n", "", []string{"absent.yaml"}},
		"usage":   {"spec: {all: true}\n", "", []string{"--hooks", "Maybe"}},
		"names":   {"spec: {all: true}\n", "kind: Pod\napiVersion: v1\nmetadata: {name: \"<a> & \\a \\e[31m ]]> \\uFFFE \\u2028\"}\n", nil},
		"source":  {"spec: {all: true}\n", "# Source: app/templates/a b:c%.yaml\nkind: Pod\napiVersion: v1\nmetadata: {name: web}\n", nil},
	}
	cases, err := filepath.Glob("../../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		in := input{config: "spec: {all: true}\n"}
		for _, part := range archive.Files {
			switch part.Name {
			case "config.yaml":
				in.config = string(part.Data)
			case "in.yaml":
				in.text = strings.ReplaceAll(string(part.Data), "→", "\t")
			}
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txtar")] = in
	}
	charts, err := filepath.Glob("../../../shared/corpus/*.yaml")
	require.NoError(t, err)
	for _, file := range charts {
		all[filepath.Base(file)] = input{config: "spec: {all: true, peerAuthentication: STRICT, trustDomain: example.org}\n", text: string(read(t, file))}
	}
	return all
}

// uriReference has only the characters that a URI may have. The schema's check is laxer.
var uriReference = regexp.MustCompile(`^([\w.~:/@!$&'()*+,;=-]|%[0-9A-F]{2})+$`)

// requireSARIF: the report is valid, and the library finds in it what GitHub asks for.
func requireSARIF(t *testing.T, schema validator, text []byte) {
	t.Helper()
	schema.require(t, text)
	log, err := sarif.FromBytes(text, sarif.WithStrictValidation())
	require.NoError(t, err)
	require.Len(t, log.Runs, 1)
	require.Equal(t, "enmesh", *log.Runs[0].Tool.Driver.Name)
	for _, result := range log.Runs[0].Results {
		rule := log.Runs[0].Tool.Driver.Rules[result.RuleIndex]
		require.Equal(t, *result.RuleID, *rule.ID)
		require.NotEmpty(t, *rule.Help.Text)
		require.NotEmpty(t, *result.Message.Text)
		require.Regexp(t, uriReference, *result.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.NotEmpty(t, result.PartialFingerprints["primaryLocationLineHash"])
	}
}

// requireJUnit: the library reads the report, all of it, and its counts are right.
func requireJUnit(t *testing.T, text []byte, status int) {
	t.Helper()
	var suites junit.Testsuites
	require.NoError(t, xml.Unmarshal(text, &suites))
	counted := junit.Testsuites{}
	for _, s := range suites.Suites {
		again := junit.Testsuite{}
		for _, c := range s.Testcases {
			again.AddTestcase(c)
			require.NotEmpty(t, c.Name)
			require.NotEmpty(t, c.Classname)
		}
		require.Equal(t, []int{again.Tests, again.Failures, again.Errors, again.Skipped}, []int{s.Tests, s.Failures, s.Errors, s.Skipped})
		counted.AddSuite(again)
	}
	require.Equal(t, []int{counted.Tests, counted.Failures, counted.Skipped}, []int{suites.Tests, suites.Failures, suites.Skipped})
	require.Equal(t, status != 0, suites.Failures > 0)
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return text
}
