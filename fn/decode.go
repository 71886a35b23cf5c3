package fn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
	strictjson "sigs.k8s.io/json"
	sigsyaml "sigs.k8s.io/yaml"
)

// Decode reads a MeshEnrollment from YAML or JSON. It is strict: a key that is unknown or there twice, a value of the
// wrong type, a second document, and another apiVersion or kind are errors. The error is a *ConfigError that lists all of
// them, each led by its field's path. Decode neither applies the defaults nor checks the values: New does.
func Decode(text []byte) (MeshEnrollment, error) {
	var e MeshEnrollment
	problems, err := documentProblems(text)
	if err != nil {
		return e, configError(err)
	}
	asJSON, err := sigsyaml.YAMLToJSON(text)
	if err != nil {
		return e, configError(err)
	}
	var value any
	if err := json.Unmarshal(asJSON, &value); err != nil {
		return e, configError(err)
	}
	if found := fieldProblems("", value, reflect.TypeFor[MeshEnrollment]()); found != nil {
		return e, &ConfigError{Problems: append(problems, found...)}
	}
	unknown, err := strictjson.UnmarshalStrict(asJSON, &e)
	if err := errors.Join(append(unknown, err)...); err != nil { // what fieldProblems does not know of: it must not pass
		return e, configError(err)
	}
	if e.APIVersion != APIVersion {
		problems = append(problems, problem("apiVersion", "must be "+APIVersion, e.APIVersion))
	}
	if e.Kind != Kind {
		problems = append(problems, problem("kind", "must be "+Kind, e.Kind))
	}
	if problems != nil {
		return e, &ConfigError{Problems: problems}
	}
	return e, nil
}

// configError takes over an error of the libraries, whose messages may have several lines.
func configError(err error) *ConfigError {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	return &ConfigError{Problems: []string{strings.Join(strings.Fields(message), " ")}}
}

// documentProblems finds what is lost when the text is decoded: all but the last of a key's values, and all documents but
// the first. It fails where the text is no YAML.
func documentProblems(text []byte) ([]string, error) {
	var problems []string
	for decoder, n := yaml.NewDecoder(bytes.NewReader(text)), 1; ; n++ {
		var document yaml.Node
		if err := decoder.Decode(&document); err == io.EOF {
			return problems, nil
		} else if err != nil {
			return nil, err
		}
		root := document.Content[0]
		switch {
		case n == 1:
			problems = duplicates("", root)
		case root.ShortTag() != "!!null": // a last separator with nothing below is no document
			problems = append(problems, fmt.Sprintf("line %d: a second document; a configuration is one", root.Line))
		}
	}
}

// duplicates finds the keys that are there twice in one mapping.
func duplicates(path string, n *yaml.Node) []string {
	var problems []string
	there := map[string]bool{}
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			problems = append(problems, duplicates(index(path, i), child)...)
		case n.Kind == yaml.MappingNode && i%2 == 0:
			name := child.Value
			if there[name] {
				problems = append(problems, fmt.Sprintf("%s: there twice, again on line %d", join(path, name), child.Line))
			}
			there[name] = true
			problems = append(problems, duplicates(join(path, name), n.Content[i+1])...)
		}
	}
	return problems
}
