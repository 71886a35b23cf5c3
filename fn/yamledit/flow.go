package yamledit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// addFlow queues the text that adds children to a collection in flow style: items (size 1), or keys and values (size 2).
func (d *Document) addFlow(collection *yaml.Node, children []*yaml.Node, size int) error {
	last := len(collection.Content) - 1
	if last < 0 {
		return d.addEmptyFlow(collection, children)
	}
	first, err := d.start(collection.Content[last+1-size])
	if err != nil {
		return err
	}
	end, err := d.childEnd(collection, last)
	if err != nil {
		return err
	}
	s := d.styleAt(collection, end)
	separator, indent := " ", 0
	spread := d.startsLine(first)
	if s.tight {
		separator = ""
	}
	if spread {
		indent = first - d.lineStart(first)
		separator = s.eol + string(d.text[d.lineStart(first):first])
		s.step = d.flowStep(collection, indent)
	}
	comma := d.skipGap(end)
	trailing := ""
	if comma < len(d.text) && d.text[comma] == ',' {
		trailing = ","
	}

	var parts []string
	for i := 0; i < len(children); i += size {
		parts = append(parts, s.flowChild(children[i:i+size], indent, spread, trailing))
	}
	text := separator + strings.Join(parts, ","+separator) + trailing
	switch {
	case trailing != "":
		end = comma + 1
	case spread:
		d.insert(collection, end, ",")
	default:
		text = "," + text
	}
	if spread && d.isCommentNext(end) { // a comment on the line stays with its entry
		end = d.lineEnd(end)
	}
	d.insert(collection, end, text)
	return nil
}

func (d *Document) addEmptyFlow(collection *yaml.Node, children []*yaml.Node) error {
	at, err := d.content(collection)
	if err != nil {
		return err
	}
	s := d.styleAt(collection, at)
	text := s.inline(&yaml.Node{Kind: collection.Kind, Content: children})
	d.insert(collection, at+1, text[1:len(text)-1])
	return nil
}

// flowChild writes one item, or one key with its value.
func (s style) flowChild(child []*yaml.Node, indent int, spread bool, trailing string) string {
	value := child[len(child)-1]
	text := s.inline(value)
	if spread {
		text = s.spread(value, indent, trailing)
	}
	if len(child) == 1 {
		return text
	}
	if s.tight {
		return s.key(child[0]) + ":" + text
	}
	return s.key(child[0]) + ": " + text
}

// flowStep is the indentation of a collection's entries, relative to the line of its opening bracket.
func (d *Document) flowStep(collection *yaml.Node, indent int) int {
	at, err := d.content(collection)
	if err != nil {
		return 2
	}
	line := d.text[d.lineStart(at):at]
	if step := indent - indentation(line); step > 0 {
		return step
	}
	return 2
}

func (d *Document) isCommentNext(at int) bool {
	return strings.HasPrefix(strings.TrimLeft(string(d.text[at:d.lineEnd(at)]), " \t"), "#")
}
