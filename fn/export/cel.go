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

// pod is where expressions find what they decide about: a pod, or a pod template.
type pod struct {
	metadata, spec string
	makers         string // the list of the objects that make the pod
	pointer        string // the JSON pointer to the pod in its object; empty if the object is the pod
}

// admitted is the pod that a policy of Kubernetes decides about.
var admitted = pod{metadata: "object.metadata", spec: "object.spec", makers: "object.metadata.?ownerReferences.orValue([])"}

// label and annotation return a setting as an optional value.
func (p pod) label(key string) string      { return p.metadata + ".?labels[?" + quote(key) + "]" }
func (p pod) annotation(key string) string { return p.metadata + ".?annotations[?" + quote(key) + "]" }

// containers returns the list of containers without init containers, allContainers the list with them.
func (p pod) containers() string { return p.spec + ".containers" }
func (p pod) allContainers() string {
	return "(" + p.containers() + " + " + p.spec + ".?initContainers.orValue([]))"
}
func (p pod) volumes() string { return p.spec + ".?volumes.orValue([])" }

// at returns the JSON pointer to a field of the pod.
func (p pod) at(path string) string {
	if p.pointer == "" {
		return quote(path)
	}
	return p.pointer + " + " + quote(path)
}

func (p pod) onHostNetwork() string { return p.spec + ".?hostNetwork.orValue(false)" }

// object returns an object of entries, each on a line of its own, and indent shifts what is inside another object.
func object(entries []string) string { return "{\n  " + strings.Join(entries, ",\n  ") + "}" }
func indent(object string) string    { return strings.ReplaceAll(object, "\n", "\n    ") }

// text returns the value of an optional string, or the empty string.
func text(optional string) string { return optional + `.orValue("")` }

// not negates an expression.
func not(expression string) string { return "!(" + expression + ")" }

// any and all join expressions, each on a line of its own.
func anyOf(expressions ...string) string { return strings.Join(expressions, " ||\n") }
func allOf(expressions ...string) string { return strings.Join(expressions, " &&\n") }
