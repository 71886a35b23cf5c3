package ci

import (
	"bytes"
	"encoding/json"
)

// encodeJSON encodes with indentation. It keeps angle brackets, which stand for what is not known.
func encodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return b.Bytes(), err
}
