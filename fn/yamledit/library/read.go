// Package library reads YAML with the YAML library, and says where a text is not valid.
package library

import (
	"bytes"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// Read returns the root node of a text that is one document, or nil where the document is empty. The error is a *SyntaxError. An alias
// whose anchor is not in the text is one: see IsUnknownAnchor.
func Read(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed text
			root, err = nil, &SyntaxError{Cause: fmt.Sprint("the YAML parser failed: ", r)}
		}
	}()
	var document, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err = decoder.Decode(&document)
	if err == nil {
		err = decoder.Decode(&more) // an error below the document would go unnoticed otherwise
		if err == nil {
			return nil, &SyntaxError{Line: more.Line, Cause: "a second document starts here"}
		}
	}
	if err != nil && err != io.EOF {
		return nil, newSyntaxError(text, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], nil
}
