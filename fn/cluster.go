package fn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// gatherCluster adds what the cluster says to the facts. The error is a *outcome.StreamError.
func gatherCluster(cluster []stream.Stream, facts *mesh.Facts) error {
	for _, s := range cluster {
		gather := gatherYAML
		if trimmed := bytes.TrimLeft(s.Bytes, "\uFEFF \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
			gather = gatherJSON
		}
		if err := gather(s, facts); err != nil {
			return err
		}
	}
	return nil
}

// gatherYAML reads a stream of documents and lists. Only those that may say something are parsed.
func gatherYAML(s stream.Stream, facts *mesh.Facts) error {
	streams := []stream.Stream{s}
	documents, err := stream.Documents(streams, true, func(apiVersion, kind string, document stream.Text) stream.Interest {
		if kind == "" || manifest.IsList(kind) || facts.ReadsFromCluster(kind, document) {
			return stream.Facts
		}
		return stream.Nothing
	})
	if err != nil {
		return encodingError(err)
	}
	lines := stream.NewLineCounter(streams)
	outlines := map[*stream.List]*outline{}
	for i := range documents {
		source := source{Document: documents[i], text: documents[i].Bytes(streams)}
		if list := source.List; list != nil {
			if outlines[list] == nil {
				if outlines[list], err = newOutline(list); err != nil {
					return notInCluster(s, lines.Above(0, source.Start), errors.New("the list cannot be read"))
				}
			}
			source.outline = outlines[list]
		}
		doc, err := source.parse()
		if err != nil {
			return notInCluster(s, lines.Above(0, source.Start), err)
		}
		_ = source.visit(doc, "", func(o manifest.Object) error {
			facts.GatherCluster(o)
			return nil
		})
	}
	return nil
}

func notInCluster(s stream.Stream, above int, err error) error {
	return locate(fmt.Errorf("not valid YAML: %w", err), manifest.Place{Stream: s.Name}, above)
}

// gatherJSON reads objects and lists in JSON, as `kubectl get -o json` writes them.
func gatherJSON(s stream.Stream, facts *mesh.Facts) error {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(s.Bytes, []byte("\uFEFF"))))
	for {
		err := gatherTop(decoder, facts)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &outcome.StreamError{Place: manifest.Place{Stream: s.Name}, Cause: fmt.Errorf("not valid JSON: %w", err)}
		}
	}
}

// gatherTop reads one object, or the items of one list as they come: there may be many. The error is io.EOF where there is nothing more.
func gatherTop(decoder *json.Decoder, facts *mesh.Facts) error {
	if _, err := decoder.Token(); err != nil { // the brace
		return err
	}
	rest := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return whole(err)
		}
		var value json.RawMessage
		if key != "items" {
			if err := decoder.Decode(&value); err != nil {
				return whole(err)
			}
			rest[fmt.Sprint(key)] = value
			continue
		}
		switch bracket, err := decoder.Token(); {
		case err != nil:
			return whole(err)
		case bracket == nil:
			continue
		case bracket != json.Delim('['):
			return errors.New("items is no list")
		}
		for decoder.More() {
			if err := decoder.Decode(&value); err != nil {
				return whole(err)
			}
			if err := gatherValue(value, facts); err != nil {
				return err
			}
		}
		if _, err := decoder.Token(); err != nil {
			return whole(err)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return whole(err)
	}
	object, err := json.Marshal(rest)
	if err != nil {
		return err
	}
	return gatherValue(object, facts)
}

// whole is the error of a text that ends before its time.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func gatherValue(raw json.RawMessage, facts *mesh.Facts) error {
	var o struct {
		Kind  string
		Items []json.RawMessage
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return errors.New("an item is no Kubernetes object")
	}
	if manifest.IsList(o.Kind) {
		for _, item := range o.Items {
			if err := gatherValue(item, facts); err != nil {
				return err
			}
		}
		return nil
	}
	if !facts.ReadsFromCluster(o.Kind, stream.NewText(raw)) {
		return nil
	}
	var compact bytes.Buffer        // JSON is YAML, but for the tabs between its words
	_ = json.Compact(&compact, raw) // it is valid
	doc, err := yamledit.Parse(compact.Bytes())
	if err != nil {
		return err
	}
	return manifest.Objects(doc, "", func(o manifest.Object) error {
		facts.GatherCluster(o)
		return nil
	})
}
