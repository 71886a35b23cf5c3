package yamledit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit/plain"
)

// Render writes a mapping as a document in block style, with single quotes and compact sequences.
func Render(mapping *yaml.Node, eol string) string {
	w := writer{style: style{eol: eol, step: 2, item: 2, quote: '\''}}
	for i := 0; i < len(mapping.Content); i += 2 {
		w.entry(mapping.Content[i], mapping.Content[i+1], 0)
		w.WriteString(eol)
	}
	return w.String()
}

// writer writes additions in block style.
type writer struct {
	style
	strings.Builder
}

// entry writes `key: value` for a block mapping whose keys have the indentation.
func (w *writer) entry(key, value *yaml.Node, indent int) {
	w.WriteString(w.key(key))
	w.WriteByte(':')
	w.below(value, indent)
}

// below writes what follows a colon in a block mapping: a value on the same line, or lines below it.
func (w *writer) below(value *yaml.Node, indent int) {
	switch {
	case value.Kind == yaml.MappingNode && len(value.Content) > 0:
		for i := 0; i < len(value.Content); i += 2 {
			w.line(indent + w.step)
			w.entry(value.Content[i], value.Content[i+1], indent+w.step)
		}
	case value.Kind == yaml.SequenceNode && len(value.Content) > 0:
		for _, item := range value.Content {
			w.line(indent + w.dash)
			w.listItem(item, indent+w.dash)
		}
	case isParagraph(value) && !(w.final && strings.HasSuffix(value.Value, "\n")): // the last line break would be missing
		w.WriteString(" |")
		if !strings.HasSuffix(value.Value, "\n") {
			w.WriteByte('-')
		}
		w.literal(value.Value, indent+w.step)
	default:
		w.WriteByte(' ')
		w.WriteString(w.inline(value))
	}
}

// listItem writes `- item` for a block sequence whose dashes have the indentation.
func (w *writer) listItem(item *yaml.Node, indent int) {
	w.WriteByte('-')
	w.spaces(w.item - 1)
	if item.Kind != yaml.MappingNode || len(item.Content) == 0 {
		w.WriteString(w.inline(item))
		return
	}
	for i := 0; i < len(item.Content); i += 2 {
		if i > 0 {
			w.line(indent + w.item)
		}
		w.entry(item.Content[i], item.Content[i+1], indent+w.item)
	}
}

// literal writes the lines of a block scalar, each behind a line break.
func (w *writer) literal(value string, indent int) {
	for line := range strings.SplitSeq(strings.TrimSuffix(value, "\n"), "\n") {
		if line == "" {
			w.line(0)
		} else {
			w.line(indent)
		}
		w.WriteString(line)
	}
}

// line starts a line at the indentation.
func (w *writer) line(indent int) {
	w.WriteString(w.eol)
	w.spaces(indent)
}

func (w *writer) spaces(count int) {
	for range count {
		w.WriteByte(' ')
	}
}

// inline writes a value in flow style on one line.
func (s style) inline(value *yaml.Node) string {
	comma, colon := ", ", ": "
	if s.tight {
		comma, colon = ",", ":"
	}
	var parts []string
	switch value.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(value.Content); i += 2 {
			parts = append(parts, s.key(value.Content[i])+colon+s.inline(value.Content[i+1]))
		}
		return "{" + strings.Join(parts, comma) + "}"
	case yaml.SequenceNode:
		for _, item := range value.Content {
			parts = append(parts, s.inline(item))
		}
		return "[" + strings.Join(parts, comma) + "]"
	case yaml.AliasNode:
		return "*" + value.Value
	}
	return s.scalar(value)
}

// spread writes a value in flow style with a line for each entry and item; the closing bracket has the
// indentation. trailing is a comma or nothing, and follows the last one.
func (s style) spread(value *yaml.Node, indent int, trailing string) string {
	if len(value.Content) == 0 {
		return s.inline(value)
	}
	var parts []string
	inner := s.newLine(indent + s.step)
	if value.Kind == yaml.SequenceNode {
		for _, item := range value.Content {
			parts = append(parts, inner+s.spread(item, indent+s.step, trailing))
		}
		return "[" + strings.Join(parts, ",") + trailing + s.newLine(indent) + "]"
	}
	for i := 0; i < len(value.Content); i += 2 {
		parts = append(parts, inner+s.key(value.Content[i])+": "+s.spread(value.Content[i+1], indent+s.step, trailing))
	}
	return "{" + strings.Join(parts, ",") + trailing + s.newLine(indent) + "}"
}

// newLine is a line break and the indentation behind it.
func (s style) newLine(indent int) string { return s.eol + strings.Repeat(" ", indent) }

func (s style) key(key *yaml.Node) string {
	if isMerge(key) {
		return key.Value
	}
	if s.keyQuote != 0 {
		return quoted(key.Value, s.keyQuote)
	}
	if isPlain(key.Value) {
		return key.Value
	}
	return quoted(key.Value, s.quote)
}

// scalar writes a scalar on one line.
func (s style) scalar(n *yaml.Node) string {
	switch {
	case n.ShortTag() != "!!str":
		return n.Value
	case n.Style&yaml.SingleQuotedStyle == 0 && !s.strict && isPlain(n.Value):
		return n.Value
	}
	return quoted(n.Value, s.quote)
}

// isWord says whether a string has only letters, digits and a few signs, and starts with a letter or a slash.
func isWord(value string) bool {
	for i := range len(value) {
		switch c := value[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', c == '/':
		case i > 0 && ('0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return value != ""
}

// isPlain says whether a string needs no quotes, in block and in flow style. It is stricter than YAML.
func isPlain(value string) bool {
	return isWord(value) && plain.TagOf(value) == "!!str" && !IsOldBoolean(value)
}

// IsOldBoolean says whether a value without quotes is a boolean of YAML 1.1 only: a string to the library, and a boolean to
// Kubernetes.
func IsOldBoolean(value string) bool {
	return slices.Contains([]string{"y", "yes", "on", "n", "no", "off"}, strings.ToLower(value))
}

// isParagraph says whether to write a string as a block scalar: it has several lines, begins and ends with a visible
// character, and needs no escapes.
func isParagraph(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n") && paragraph().MatchString(n.Value)
}

var paragraph = pattern.Lazy(`^[^\s\p{C}](?:[^\p{C}\x{2028}\x{2029}]|\n)*[^\s]\n?$`)

// quoted writes a string in quotes: in double quotes where it needs an escape.
func quoted(value string, quote byte) string {
	if quote == '\'' && !needsEscape(value) {
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// needsEscape says whether a string has a character that is not printable. Most have only ASCII, and are quickly told.
func needsEscape(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return unprintable().MatchString(value)
		}
	}
	return false
}

var unprintable = pattern.Lazy(`[\p{C}\x{2028}\x{2029}]`)
