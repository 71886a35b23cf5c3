package config

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

	"enmesh.dev/enmesh/fn/fieldpath"
)

// Decode reads a MeshEnrollment from YAML or JSON. It is strict: an unknown or duplicate key, a value of the wrong type, a
// second document, and another apiVersion or kind are errors. The error is a *Error that lists them all, each with the path
// of its field. Decode neither applies the defaults nor validates the values: fn.New does.
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
		return e, &Error{Problems: append(problems, found...)}
	}
	unknown, err := strictjson.UnmarshalStrict(asJSON, &e)
	if err := errors.Join(append(unknown, err)...); err != nil { // an error that fieldProblems does not find
		return e, configError(err)
	}
	if e.APIVersion != APIVersion {
		problems = append(problems, problem("apiVersion", "must be "+APIVersion, e.APIVersion))
	}
	if e.Kind != Kind {
		problems = append(problems, problem("kind", "must be "+Kind, e.Kind))
	}
	if problems != nil {
		return e, &Error{Problems: problems}
	}
	return e, nil
}

// configError wraps an error of the YAML libraries, whose messages can have several lines.
func configError(err error) *Error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	return &Error{Problems: []string{strings.Join(strings.Fields(message), " ")}}
}

// documentProblems finds what decoding drops silently: all but the last value of a key, and all documents but the first. It
// fails if the text is not YAML.
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
		case root.ShortTag() != "!!null": // a separator at the end starts no document
			problems = append(problems, fmt.Sprintf("line %d: a second document; a configuration must be a single document", root.Line))
		}
	}
}

// duplicates finds the keys that a mapping has more than once.
func duplicates(path string, n *yaml.Node) []string {
	var problems []string
	there := map[string]bool{}
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			problems = append(problems, duplicates(fieldpath.Index(path, i), child)...)
		case n.Kind == yaml.MappingNode && i%2 == 0:
			name := child.Value
			if there[name] {
				problems = append(problems, fmt.Sprintf("%s: defined twice, again on line %d", fieldpath.Join(path, name), child.Line))
			}
			there[name] = true
			problems = append(problems, duplicates(fieldpath.Join(path, name), n.Content[i+1])...)
		}
	}
	return problems
}
