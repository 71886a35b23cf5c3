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
func Read(text []byte) (*yaml.Node, error) {
	documents, err := read(text, 2) // an error below the document would go unnoticed otherwise
	switch {
	case err != nil:
		return nil, err
	case len(documents) == 0:
		return nil, nil
	case len(documents) > 1:
		return nil, &SyntaxError{Line: documents[1].Line, Cause: "a second document starts here"}
	}
	return root(documents[0]), nil
}

// ReadAll returns the root nodes of all documents of a text, which must not be empty. The error is a *SyntaxError.
func ReadAll(text []byte) ([]*yaml.Node, error) {
	documents, err := read(text, len(text)+1)
	for i, document := range documents {
		documents[i] = root(document)
	}
	return documents, err
}

// read reads up to max documents.
func read(text []byte, max int) (documents []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed text
			documents, err = nil, &SyntaxError{Cause: fmt.Sprint("the YAML parser failed: ", r)}
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for len(documents) < max {
		var document yaml.Node
		if err := decoder.Decode(&document); err == io.EOF {
			break
		} else if err != nil {
			return nil, newSyntaxError(text, err)
		}
		documents = append(documents, &document)
	}
	return documents, nil
}

func root(document *yaml.Node) *yaml.Node {
	if len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}
