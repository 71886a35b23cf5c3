package schema

import (
	"reflect"
	"regexp"
	"strings"
)

// description is the comment of a type, or of a field, in terms of the JSON: fields have their names there, and a paragraph is one line.
func description(comments map[string]string, t reflect.Type, field string) string {
	if !strings.HasPrefix(t.PkgPath(), module) {
		return ""
	}
	key := t.PkgPath() + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	text := comments[key]
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if field == "" || name == "" {
			continue
		}
		if f.Name == field {
			text = regexp.MustCompile(`^`+f.Name+`\b`).ReplaceAllLiteralString(text, name)
			continue
		}
		// At the start of a sentence it may be a word.
		text = regexp.MustCompile(`([^.] )`+f.Name+`\b`).ReplaceAllString(text, "${1}"+name)
	}
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}
