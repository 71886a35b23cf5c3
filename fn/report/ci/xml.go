package ci

import (
	"strings"
	"unicode/utf8"

	"enmesh.dev/enmesh/fn/report"
)

var attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// attribute is the value of an attribute in XML, with its quotes.
func attribute(text string) string { return `"` + attributeEscapes.Replace(xmlText(text)) + `"` }

// characters are lines of text in XML, which people can read there as they are.
func characters(lines []string) string {
	safe := make([]string, len(lines))
	for i, line := range lines {
		safe[i] = strings.ReplaceAll(xmlText(line), "]]>", "]]]]><![CDATA[>") // the end of one section, and the start of the next
	}
	return "<![CDATA[" + strings.Join(safe, "\n") + "]]>"
}

// xmlText spells out control characters, and replaces what else XML has no way to write.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, report.Printable(text))
}
