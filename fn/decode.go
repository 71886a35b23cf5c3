package fn

import (
	"errors"
	"regexp"
	"strings"

	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Decode reads a MeshEnrollment from YAML or JSON. It is strict: a key that is unknown or there twice, a value of the
// wrong type, and another apiVersion or kind are errors. The error is a *ConfigError that lists all of them, each led
// by its field's path. Decode neither applies the defaults nor checks the values: New does.
func Decode(text []byte) (MeshEnrollment, error) {
	var e MeshEnrollment
	json, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return e, &ConfigError{Problems: []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	unknown, err := strictjson.UnmarshalStrict(json, &e)
	if err != nil {
		return e, &ConfigError{Problems: []string{typeProblem(err)}}
	}
	var problems []string
	for _, err := range unknown {
		problems = append(problems, unknownProblem(err))
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

var (
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	wrongType    = regexp.MustCompile(`cannot unmarshal (\S+) into Go struct field [^.]*\.(\S+) of type (\S+)`)
)

func unknownProblem(err error) string {
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return m[1] + ": no such field"
	}
	return err.Error()
}

func typeProblem(err error) string {
	if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
		return m[2] + ": must be a " + plainType(m[3]) + ", and is a " + plainType(m[1])
	}
	var problem interface{ Unwrap() error }
	if errors.As(err, &problem) {
		err = problem.Unwrap()
	}
	return err.Error()
}

// plainType says a type of Go's or JSON's in the words of YAML.
func plainType(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"), name == "array":
		return "list"
	case name == "bool":
		return "boolean"
	case name == "number":
		return "number"
	case name == "string", name == "fn.Mode", name == "fn.HookPolicy", name == "fn.SocketProvider":
		return "string"
	}
	return "mapping"
}
