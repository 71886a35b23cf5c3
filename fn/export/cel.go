package export

import (
	"strconv"
	"strings"
)

// Expressions of CEL, the language of Kubernetes' admission policies. https://kubernetes.io/docs/reference/using-api/cel/

// quote returns a string literal. The escapes of Go are escapes of CEL.
func quote(text string) string { return strconv.Quote(text) }

// list returns a list of string literals.
func list(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// label and annotation return a setting of the pod as an optional value.
func label(key string) string      { return "object.metadata.?labels[?" + quote(key) + "]" }
func annotation(key string) string { return "object.metadata.?annotations[?" + quote(key) + "]" }

// text returns the value of an optional string, or the empty string.
func text(optional string) string { return optional + `.orValue("")` }

// not negates an expression.
func not(expression string) string { return "!(" + expression + ")" }

// any and all join expressions, each on a line of its own.
func anyOf(expressions ...string) string { return strings.Join(expressions, " ||\n") }
func allOf(expressions ...string) string { return strings.Join(expressions, " &&\n") }

const (
	containers    = "object.spec.containers"
	allContainers = "(object.spec.containers + object.spec.?initContainers.orValue([]))"
	volumes       = "object.spec.?volumes.orValue([])"
)
